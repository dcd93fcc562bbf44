/** n8n's own classes, by the names they have in all its versions. */
const CANCELLATION = /^(Manual|Timeout|SystemShutdown)?ExecutionCancelledError$/;

/**
 * n8n's own cancellation, and what an aborted signal gives as its reason. Never detected by the words of a message: the
 * name of a node or a provider's message could make a failed execution look stopped, and no error workflow would run.
 */
export function isStop(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	const kind = error.constructor?.name ?? '';
	return (
		CANCELLATION.test(kind) ||
		(kind === 'DOMException' && (error as DOMException).name === 'AbortError')
	);
}
