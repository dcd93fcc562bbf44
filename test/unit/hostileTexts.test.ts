import { checkValues } from '../../nodes/Hailuo/models/checkValues';
import { requireModel } from '../../nodes/Hailuo/models/requireModel';
import { parseTruncated } from '../../nodes/Hailuo/providers/truncatedJson';
import { cpuTimeMs } from './helpers/nodeGlobals';

/*
 * Texts from outside (a form, an answer) that could block all of n8n, which has one thread: a regular expression that
 * tries every way to split them would take minutes.
 */
const LENGTH = 300_000;
const AT_MOST_MS = 500;

const custom = requireModel('waveSpeed', 'textToVideo', 'custom', 'minimax/x');

test.each<[string, () => unknown]>([
	['an ID of a model, full of slashes', () => named(`a${'/'.repeat(LENGTH)}b`)],
	['an ID of a model, blanks', () => named(`a${' '.repeat(LENGTH)}b`)],
	['a callback address, cut by a blank', () => called(`https://${'a.'.repeat(LENGTH)} b`)],
	['an answer of open brackets', () => parseTruncated('['.repeat(LENGTH) + '1,'.repeat(LENGTH))],
])('%s is handled at once', (_, deal) => {
	const begun = cpuTimeMs();
	expect(deal()).toBeDefined();
	expect(cpuTimeMs() - begun).toBeLessThan(AT_MOST_MS);
});

const refusal = (work: () => unknown): unknown => {
	try {
		return work() && undefined;
	} catch (error) {
		return error;
	}
};
const named = (id: string) => refusal(() => requireModel('waveSpeed', 'textToVideo', 'custom', id));
const called = (callbackUrl: string) =>
	refusal(() => checkValues(custom, 'textToVideo', { prompt: 'x', callbackUrl }));

test('slashes around the ID of a model are ignored', () => {
	const id = (text: string) => requireModel('waveSpeed', 'textToVideo', 'custom', text).id;
	expect(id(' //minimax/video-01/ ')).toBe('minimax/video-01');
	expect(refusal(() => id('///'))).toMatchObject({ rule: 'is empty' });
});
