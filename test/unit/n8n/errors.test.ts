import { ManualExecutionCancelledError, type INode } from 'n8n-workflow';
import { Stopped, WithJob } from '../../../nodes/Hailuo/n8n/errors/classes';
import { explain } from '../../../nodes/Hailuo/n8n/errors/explain';
import { failureJson, nodeError } from '../../../nodes/Hailuo/n8n/errors/output';

const node = { id: 'a', name: 'Hailuo', type: 'test' } as INode;

function abortReason(): unknown {
	const control = new AbortController();
	control.abort();
	return control.signal.reason;
}

describe('what counts as Stop', () => {
	test.each([
		["n8n's own class", () => new ManualExecutionCancelledError('1')],
		["the signal's own reason", abortReason],
	])('%s', (_what, make) => {
		const error = make();
		expect(explain(error).stopped).toBe(true);
		expect(nodeError(node, error, 0).message).toBe('The execution was canceled');
		expect(explain(new WithJob(error, { jobId: 'job-0' })).stopped).toBe(true);
	});

	test.each([
		['the name of a node', new Error("Referenced node 'Cancelled orders' has not run")],
		['a word of n8n', new Error("Referenced node 'Canceled orders' has not run")],
		['a word of Node', new Error('The operation was aborted')],
		['a name that holds a word', Object.assign(new Error('no'), { name: 'OrderCancelledError' })],
		['a name that somebody gave', Object.assign(new Error('no'), { name: 'AbortError' })],
		['no error at all', { name: 'AbortError', message: 'aborted' }],
	])('not: %s', (_what, error) => {
		expect(explain(error).stopped).toBeUndefined();
		// n8n marks an execution as stopped by exactly this spelling, and by a name with the other spelling.
		const { message, name } = nodeError(node, error, 0);
		expect(message).not.toMatch(/canceled/);
		expect(name).not.toMatch(/Cancelled/);
		expect(failureJson(error).error).toMatchObject({ retryable: false });
	});

	test('a person’s Stop counts, whatever the error of the item', () => {
		const error = new Stopped(new Error("Referenced node 'Cancelled orders' has not run"));
		expect(nodeError(node, error, 0).message).toMatch(/^The execution was canceled\. Referenced/);
	});
});

test('a message cannot break a line of the log', () => {
	const { message } = nodeError(node, new Error(`no\r\n\u001b[31m${'x'.repeat(100_000)}`), 0);
	expect(message).toMatch(/^no\?\?\?\[31mx+…$/);
	expect(message.length).toBeLessThan(5_000);
});
