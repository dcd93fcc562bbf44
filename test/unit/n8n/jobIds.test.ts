import { readJobIds } from '../../../nodes/Hailuo/n8n/jobIds';
import { providerOf, providers } from '../../../nodes/Hailuo/providers';

/** A provider whose job IDs are paths, as in a queue whose IDs contain the model. */
const withPaths = { ownsJobId: (id: string) => /^[\w-]+(\/[\w-]+)+$/.test(id) };

test('a provider may have IDs with slashes', () => {
	expect(readJobIds('model/a/0f3c, model/b/11', withPaths)).toEqual(['model/a/0f3c', 'model/b/11']);
});

test.each([
	'../account',
	'a/../b',
	'a//b',
	'/a',
	'a/',
	'a/.b',
	'a?b',
	'a%2e',
	`a/${'b'.repeat(127)}`,
])('an ID that could lead to another address is refused: %s', (id) => {
	expect(() => readJobIds([id], { ownsJobId: () => true })).toThrow(/not an ID/);
});

test.each(providers)('%s has no IDs with slashes: an address is reported as one', (id) => {
	expect(() => readJobIds('example.com/jobs/0f3c', providerOf(id))).toThrow(
		expect.objectContaining({ fix: expect.stringMatching(/only the ID, not the whole address/) }),
	);
});
