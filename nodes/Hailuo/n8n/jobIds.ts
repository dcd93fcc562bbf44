import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { runBatch, type Slot } from '../jobs/batch';
import { untilAborted } from '../jobs/abort';
import { backoff } from '../jobs/retry';
import { settle, type Settled } from '../jobs/settle';
import { JobWatch, PATIENCE_TYPED, type Patience } from '../jobs/unknownJob';
import { PROVIDER_NAMES } from '../models/catalogue';
import { FieldError } from '../models/fieldError';
import { isInvisible, shownValue } from '../models/text';
import { providerOf, providers } from '../providers';
import { ProviderError, UNKNOWN_JOB } from '../providers/errors';
import type { Job, Provider } from '../providers/types';
import { WithJob } from './errors';
import type { Outcome } from './outcome';
import { readField } from './readField';
import { getJob, listOf, type Session } from './session';

const LABEL = 'Job ID';

/** An ID becomes part of a path, so `..` and empty parts are rejected. */
const ID = /^(?=.{1,128}$)[A-Za-z0-9][A-Za-z0-9._~:-]*(\/[A-Za-z0-9][A-Za-z0-9._~:-]*)*$/;

export const jobIdField: INodeProperties = {
	displayName: LABEL,
	name: 'jobId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. {{ $json.jobId }}',
	description:
		'The ID of the job. Several IDs, separated by commas or line breaks or as a list, give one item each.',
	displayOptions: { show: { resource: ['job'], operation: ['cancel', 'delete', 'get', 'wait'] } },
};

/**
 * The ids of one item: a text with one or several, a number, or a list of them. One with a slash is an ID only where the
 * provider has such IDs: with the others it is an address that was pasted without its beginning.
 *
 * @throws FieldError when there is none, or one that cannot be an id; before any request
 */
export function readJobIds(value: unknown, provider: Pick<Provider, 'ownsJobId'>): string[] {
	if (typeof value === 'string' && isInvisible(value)) return readJobIds('', provider);
	const parts = (Array.isArray(value) ? value : [value]).flatMap((part: unknown) =>
		typeof part === 'string'
			? // In a list each entry is one id; only a text may hold several.
				(Array.isArray(value) ? [part.trim()] : part.split(/[\s,;]+/)).filter((id) => id !== '')
			: [part],
	);
	const ids = parts.filter((part) => part !== undefined && part !== null);
	if (ids.length === 0) {
		throw new FieldError(
			LABEL,
			'is empty',
			'Enter the ID of a job, e.g. {{ $json.jobId }} from the node that submitted it',
		);
	}
	return ids.map((id) => {
		if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return String(id);
		if (typeof id === 'string' && ID.test(id) && (!id.includes('/') || provider.ownsJobId(id))) {
			return id;
		}
		throw new FieldError(LABEL, `has an entry that is not an ID ('${shownValue(id)}')`, fixFor(id));
	});
}

function fixFor(id: unknown): string {
	if (typeof id === 'number') {
		return 'Pass the ID as text: a number of this size loses its last digits';
	}
	if (typeof id === 'string' && id.includes('/')) {
		return 'Enter only the ID, not the whole address';
	}
	return 'An ID may contain only letters, digits and . _ ~ : -, at most 128 characters';
}

/** The error for a job given by ID: it carries the ID, and says if the ID looks like another provider's. */
export function aboutJob(
	{ provider }: Pick<Session, 'provider'>,
	jobId: string,
): (error: unknown) => WithJob {
	return (error) => {
		const job = { jobId, provider: provider.id };
		if (!(error instanceof ProviderError) || error.kind !== 'notFound') {
			return new WithJob(error, job, false);
		}
		const owner = provider.ownsJobId(jobId)
			? undefined
			: providers.find((id) => id !== provider.id && providerOf(id).ownsJobId(jobId));
		const { kind, status, code } = error;
		const next = owner
			? `This looks like a job ID of ${PROVIDER_NAMES[owner]}: choose that provider`
			: UNKNOWN_JOB;
		return new WithJob(
			new ProviderError(`${provider.name} does not know the job ${jobId}`, {
				kind,
				status,
				code,
				hint: next,
			}),
			job,
			false,
		);
	};
}

/**
 * Does something with each id of each item, side by side. Unless the workflow goes on after what did not succeed, one
 * bad id stops the run before anything is asked.
 *
 * @param concurrency maximum number at a time
 */
export async function forEachJob(
	context: IExecuteFunctions,
	{ provider, signal }: Session,
	concurrency: number,
	work: (jobId: string, item: number, slot: Slot) => Promise<INodeExecutionData>,
): Promise<Outcome[]> {
	const read: Array<{ item: number; ids: Settled<string[]> }> = [];
	for (const item of context.getInputData().keys()) {
		const ids = await settle(() =>
			readJobIds(readField(context, item, 'jobId', LABEL, { fallback: '' }), provider),
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
			return [await work(id.value, item, slot)];
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

/** Pause between two polls of a job that the provider does not know, in ms: initial and maximum. */
const REPEAT_MS = [2_000, 15_000] as const;

export interface LookUpOptions {
	signal?: AbortSignal;
	/** How long to retry a failed call, in ms; default: a minute. */
	patienceMs?: number;
	/** How long the job must stay unknown before it is reported; default: that of a typed ID. */
	patience?: Patience;
	/** Which API it belongs to and when it was made (ISO 8601), where that is known: for its place in the history. */
	known?: Pick<Job, 'api'> & Partial<Pick<Job, 'createdAt'>>;
}

/**
 * A job by its id, in its turn among all status calls of the run. One answer that the provider does not know it is no
 * end: see jobs/unknownJob.ts.
 *
 * @throws WithJob, with the id and with a hint where it looks like another provider's
 */
export async function lookUp(
	session: Session,
	jobId: string,
	{ signal = session.signal, patienceMs, patience = PATIENCE_TYPED, known }: LookUpOptions = {},
): Promise<Job> {
	const { clock, pacer } = session;
	const list = listOf(session, known?.api);
	const watch = new JobWatch({
		jobId,
		patience,
		list:
			list &&
			(async (filter) => {
				await pacer.acquire(signal);
				return await untilAborted(list(filter), signal);
			}),
		createdAt: known?.createdAt,
	});
	for (let attempt = 0; ; attempt++) {
		const looked = await settle(async () => await getJob(session, jobId, { signal, patienceMs }));
		// Waiting for a missing video is up to the caller.
		if (looked.ok) return looked.value;
		signal?.throwIfAborted();
		const verdict = await watch.judge(looked, clock.now());
		signal?.throwIfAborted();
		if (verdict.is === 'known') return verdict.job;
		const isPassing = looked.error instanceof ProviderError && looked.error.isTransient;
		if (verdict.is === 'over' || isPassing) throw aboutJob(session, jobId)(looked.error);
		await clock.sleep(
			backoff(attempt, () => clock.random(), ...REPEAT_MS),
			signal,
		);
	}
}
