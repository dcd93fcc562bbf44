import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { nodeError } from '../n8n/errors';
import type { ProcessState } from './processState';

const HOUR_MS = 3_600_000;
const MAX_INTERVAL_MS = 24 * HOUR_MS;

/**
 * Whether the user is to be told of it by a failed execution: at each activation, and otherwise after 1 h, 2 h, 4 h, up
 * to once a day. A key that stays wrong would make a failed execution each minute otherwise. The polls go on: a key that
 * is put right works at once.
 *
 * @param activation n8n hands in the same object for all polls of one activation (its durable scheduler a new one each
 * time, but then spaces failed polls itself)
 */
export function shouldReport(memory: ProcessState, activation: unknown, now: number): boolean {
	const told = memory.told?.activation === activation ? memory.told : undefined;
	if (told && now < told.againAt) return false;
	const times = (told?.times ?? 0) + 1;
	const pause = Math.min(MAX_INTERVAL_MS, HOUR_MS * 2 ** (times - 1));
	memory.told = { activation, times, againAt: now + pause };
	return true;
}

/** An error that n8n shows; one that was made for it stays as it is. */
export const shownError = (node: INode, error: unknown): Error =>
	error instanceof NodeOperationError ? error : nodeError(node, error, 0);

/** What the user reads, with the reason to look at this node. */
export function triggerError(node: INode, error: unknown): Error {
	const shown = shownError(node, error);
	shown.message = `Hailuo Trigger cannot watch for jobs: ${shown.message}`;
	return shown;
}
