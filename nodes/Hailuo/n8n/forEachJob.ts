import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { runBatch, type Slot } from '../jobs/batch';
import { settle, type Settled } from '../jobs/settle';
import { WithJob } from './errors/classes';
import { JOB_ID_LABEL, readJobIds } from './jobIds';
import type { Outcome } from './outcome';
import { readField } from './readField';
import { openSession, type Session } from './session';

/** For calls that are short and rare. */
const DEFAULT_CONCURRENCY = 5;

/** One job ID of an item. */
export interface GivenJob {
	session: Session;
	jobId: string;
	item: number;
	slot: Slot;
}

/**
 * Runs `work` for each ID of each item, in parallel, in one session. Unless the workflow continues on errors, one bad ID
 * stops the run before any request.
 *
 * @param concurrency maximum number at a time
 */
export async function forEachJob(
	context: IExecuteFunctions,
	work: (job: GivenJob) => Promise<INodeExecutionData>,
	concurrency = DEFAULT_CONCURRENCY,
): Promise<Outcome[]> {
	const session = await openSession(context);
	const { provider, signal } = session;
	const read: Array<{ item: number; ids: Settled<string[]> }> = [];
	for (const item of context.getInputData().keys()) {
		const ids = await settle(() =>
			readJobIds(readField(context, item, 'jobId', JOB_ID_LABEL, { fallback: '' }), provider),
		);
		read.push({ item, ids });
	}
	const goOn = context.continueOnFail();
	const refused = read.flatMap(({ item, ids }) => (ids.ok ? [] : [{ ...ids, item }]));
	if (!goOn && refused.length > 0) return refused;
	const asked = read.flatMap(
		({ item, ids }): Array<{ item: number; id: Settled<string> }> =>
			ids.ok ? ids.value.map((value) => ({ item, id: { ok: true, value } })) : [{ item, id: ids }],
	);
	const settled = await runBatch(
		asked,
		async ({ item, id }, _index, slot) => {
			if (!id.ok) throw id.error;
			return [await work({ session, jobId: id.value, item, slot })];
		},
		{ concurrency, stopOnError: !goOn, signal },
	);
	return settled.map((outcome, index) => {
		const { item, id } = asked[index];
		// An item that was not started keeps its ID too.
		return outcome.ok || !id.ok || outcome.error instanceof WithJob
			? { ...outcome, item }
			: { ok: false, error: new WithJob(outcome.error, { jobId: id.value }, false), item };
	});
}
