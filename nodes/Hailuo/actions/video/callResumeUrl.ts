import type { IExecuteFunctions } from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { clock } from '../../n8n/clock';

/** ms before each attempt. The first is time enough for n8n to store an execution; the others are for a slow one. */
const WAITS_MS = [2_000, 5_000, 15_000, 60_000];

/** n8n's answer while the execution is not stored as sleeping yet. */
const CONFLICT = 409;

/**
 * Calls the resume address once, as soon as n8n listens there. Until an execution is stored as sleeping n8n refuses all
 * calls for it: a job that ended in that moment (refused by the moderation in its first second, say) would never be told
 * about, and the execution would sleep until its time limit.
 *
 * Never rejects. A call that does not get through changes nothing: callbacks still come.
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
