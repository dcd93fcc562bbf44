import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { nodeError } from '../n8n/errors/output';
import { lasts, type ProcessState } from './processState';

const HOUR_MS = 3_600_000;
const MAX_INTERVAL_MS = 24 * HOUR_MS;

/**
 * Whether to fail this execution, or only log. It fails at each activation, and after that again after 1 h, 2 h, 4 h,
 * up to once a day. Otherwise a wrong key would cause a failed execution every minute. The polls continue, so a
 * corrected key works at once.
 *
 * @param activation n8n passes the same object for all polls of one activation (its durable scheduler passes a new one
 * each time, but then spaces failed polls itself)
 * @param now ms by our clock
 */
export function shouldReport(state: ProcessState, activation: unknown, now: number): boolean {
	const last = state.lastReport?.activation === activation ? state.lastReport : undefined;
	if (lasts(last?.silence, now)) return false;
	const times = (last?.times ?? 0) + 1;
	const ms = Math.min(MAX_INTERVAL_MS, HOUR_MS * 2 ** (times - 1));
	state.lastReport = { activation, times, silence: { from: now, ms } };
	return true;
}

/** The error in the form that n8n shows; a NodeOperationError stays as it is. */
export const shownError = (node: INode, error: unknown): Error =>
	error instanceof NodeOperationError ? error : nodeError(node, error, 0);

/** The error with a message that names this node. */
export function triggerError(node: INode, error: unknown): Error {
	const shown = shownError(node, error);
	shown.message = `Hailuo Trigger cannot watch for jobs: ${shown.message}`;
	return shown;
}

/** Jobs that no item will report. Reported each time, because each job is given up only once. */
export class JobsGivenUp extends NodeOperationError {
	constructor(node: INode, messages: readonly string[]) {
		super(node, `Hailuo Trigger no longer watches some jobs: ${messages.join('. ')}`, {
			description:
				"You may have to pay for them. Look for them on the provider's history page, or with the operation Job: Get.",
		});
	}
}
