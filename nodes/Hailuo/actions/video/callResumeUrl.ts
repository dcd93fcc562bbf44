import type { IExecuteFunctions } from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { clock } from '../../n8n/clock';

/**
 * Wait before each attempt, in ms. The first is usually enough for n8n to store an execution; the others are for a slow
 * n8n.
 */
const WAITS_MS = [2_000, 5_000, 15_000, 60_000];

/** n8n's answer until the execution is stored as sleeping. */
const CONFLICT = 409;

/**
 * Calls the resume address once, as soon as n8n accepts calls there. Until an execution is stored as sleeping, n8n
 * rejects all calls for it. So the callback of a job that ended in this moment (for example, rejected by moderation in
 * its first second) would be lost, and the execution would sleep until its time limit.
 *
 * Never rejects. If the call does not get through, nothing changes: callbacks still arrive.
 */
export async function callResumeUrl(context: IExecuteFunctions, url: string): Promise<void> {
	for (const waitMs of WAITS_MS) {
		await clock.sleep(waitMs);
		const answer = await settle(async () => await call(context, url));
		if (answer.ok && answer.value !== CONFLICT) return;
	}
}

/** @returns the HTTP status */
async function call(context: IExecuteFunctions, url: string): Promise<number> {
	const { statusCode } = (await context.helpers.httpRequest({
		method: 'POST',
		url,
		body: {},
		json: true,
		timeout: 30_000,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	})) as { statusCode: number };
	return statusCode;
}
