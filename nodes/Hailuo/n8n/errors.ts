import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { AmbiguousSubmitError } from '../jobs/submit';
import { DeadlineError } from '../jobs/wait';
import { FieldError } from '../models/fieldError';
import { MAX_LENGTHS, shortened } from '../models/text';
import { ProviderError } from '../providers/errors';
import { FILE_HINT, speaksOfFile } from '../providers/fileTrouble';
import { providerOf } from '../providers/index';
import { lacksVideo, type Job } from '../providers/types';
import { MAX_PRICE } from './fieldValues';
import { jobJson } from './jobItem';
import { harmless } from './logLine';
import { UnreadableField } from './readField';

/** n8n treats an execution as stopped, not failed, if its error has exactly this text. */
const CANCELED = 'The execution was canceled';

/** A job that ended without a video. */
export class JobFailed extends Error {
	constructor(readonly job: Job) {
		super(job.error?.message ?? `The job ended with the status '${job.status}'`);
		this.name = 'JobFailed';
	}
}

/** An error of a job whose ID is known; it always carries the ID. */
export class WithJob extends Error {
	/** @param submitted whether this run paid for the job, so that the message must say how to get its video */
	constructor(
		readonly cause: unknown,
		readonly job: Partial<Job> & { jobId: string },
		readonly submitted = true,
	) {
		super((cause as Error)?.message ?? String(cause));
		this.name = 'WithJob';
	}
}

/** The beginning of each warning about a video without a file. */
export const NOT_DOWNLOADED = 'The video could not be downloaded';

/** What a person can do about it. */
export const tryAgain = ({ jobId }: Pick<Job, 'jobId'>) =>
	`Job: Wait with the job ID ${jobId} tries again for free`;

/** The job is done and paid, but its file did not arrive. */
export class VideoMissing extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'VideoMissing';
	}
}

/**
 * The option 'Maximum Price (USD)' could not be checked, because the provider reported no price. Nothing was submitted.
 */
export class PriceUnknown extends Error {
	constructor(readonly cause: unknown) {
		super('The price is not known');
		this.name = 'PriceUnknown';
	}
}

/** The error of an item after a person stopped the execution. */
export class Stopped extends Error {
	constructor(readonly cause: unknown) {
		super(CANCELED);
		this.name = 'Stopped';
	}
}

/** The text for the user: what happened, and what to do next. */
export interface Explained {
	message: string;
	next?: string;
	job?: Partial<Job>;
	field?: string;
	code?: string;
	httpCode?: string;
	/** Whether the provider answered, so that n8n shows it as an API error. */
	fromApi: boolean;
	retryable: boolean;
	/** Candidate job IDs for a submit without a usable answer. */
	candidates?: readonly string[];
	/** The context of n8n's own error of an expression: the editor uses it for its explanation and links. */
	expression?: { context?: IDataObject };
	/** Set if it ended only because a person stopped the execution. */
	stopped?: true;
}

const pickUp = (jobId: string) =>
	`The job ${jobId} was submitted and paid for, and continues at the provider. To get its video without paying again, use the operation Job: Wait with this ID.`;

/** Joins sentences with full stops. A single sentence ends without a full stop, several end with one. */
function sentences(...parts: Array<string | undefined>): string {
	const text = parts
		.filter((part): part is string => Boolean(part))
		.map((part) => part.replace(/\.$/, ''))
		.join('. ');
	return /[.!?] [A-Z]/.test(text) ? `${text}.` : text;
}

/** Turns any thrown value into a text for the user. It never contains a key, a header or a request body. */
export function explain(error: unknown): Explained {
	if (error instanceof WithJob) {
		const inner = explain(error.cause);
		const { jobId } = error.job;
		if (error.cause instanceof VideoMissing) {
			const next = `The job is finished and paid, and its address is in videoUrl. ${tryAgain({ jobId })}.`;
			return { ...inner, job: error.job, next, retryable: true };
		}
		const open = error.submitted && !['failed', 'cancelled'].includes(error.job.status ?? '');
		return {
			...inner,
			job: { ...inner.job, ...error.job },
			message: inner.message.includes(jobId) ? inner.message : `${inner.message} (job ${jobId})`,
			next: sentences(inner.next, open ? pickUp(jobId) : undefined),
		};
	}
	if (error instanceof Stopped) {
		const inner = explain(error.cause);
		const message = inner.stopped ? inner.message : `${CANCELED}. ${inner.message}`;
		return { ...inner, message, stopped: true };
	}
	if (error instanceof PriceUnknown) {
		const inner = explain(error.cause);
		return {
			...inner,
			message: `The price could not be determined, so nothing was submitted: ${inner.message}`,
			next: sentences(
				inner.next,
				`Or remove the option '${MAX_PRICE}' to submit without a price limit`,
			),
			field: MAX_PRICE,
		};
	}
	if (error instanceof JobFailed) return explainFailedJob(error.job);
	if (error instanceof UnreadableField) return explainExpression(error);
	if (error instanceof FieldError) {
		return {
			message: shortened(error.message, MAX_LENGTHS.message),
			next: sentences(shortened(error.fix, MAX_LENGTHS.advice)),
			field: error.field,
			fromApi: false,
			retryable: false,
		};
	}
	if (error instanceof ProviderError) {
		return {
			message: error.message,
			next: error.kind === 'invalid' && speaksOfFile(error.message) ? FILE_HINT : error.hint,
			code: error.code,
			httpCode: error.status === undefined ? undefined : String(error.status),
			fromApi: true,
			retryable: error.isTransient,
		};
	}
	if (error instanceof DeadlineError) {
		const minutes = Math.round(error.waitedMs / 6000) / 10;
		const unread = error.cause
			? `; its status could not be read: ${explain(error.cause).message}`
			: '';
		return {
			message: `The job was not finished within ${minutes} minute${minutes === 1 ? '' : 's'}${unread}`,
			next: "Give it more time with the option 'Time Limit (Minutes)'",
			job: { jobId: error.jobId },
			fromApi: false,
			retryable: true,
		};
	}
	if (error instanceof AmbiguousSubmitError) return explainAmbiguous(error);
	if (isStop(error)) {
		return { message: CANCELED, stopped: true, fromApi: false, retryable: false };
	}
	return {
		message: harmless((error as Error)?.message ?? error, MAX_LENGTHS.message),
		fromApi: false,
		retryable: false,
	};
}

function explainExpression({ field, message, cause }: UnreadableField): Explained {
	const { description, context } = (cause ?? {}) as {
		description?: unknown;
		context?: IDataObject;
	};
	const said = shortened(message, MAX_LENGTHS.message);
	return {
		message: `'${field}' has an expression that n8n cannot evaluate: ${said}`,
		next: typeof description === 'string' ? shortened(description, MAX_LENGTHS.advice) : undefined,
		field,
		expression: { context },
		fromApi: false,
		retryable: false,
	};
}

/** More IDs would not help the user. */
const MAX_NAMED = 3;

function explainAmbiguous({ cause, candidates, hint, earlier }: AmbiguousSubmitError): Explained {
	const named = candidates.length <= MAX_NAMED ? candidates : [];
	const perhaps = named.length ? `; it may be ${named.join(' or ')}` : '';
	const why = cause instanceof Error ? ` (${cause.message})` : '';
	const what = earlier ? 'An earlier try submitted this item and got' : 'The submit got';
	// A gateway, or another server, may have answered instead of the API.
	const elsewhere =
		cause instanceof ProviderError && (cause.status ?? 500) < 500 ? cause.hint : undefined;
	return {
		message: `${what} no usable answer, so the job may exist and may be billed. It was not sent again${why}`,
		next: sentences(
			`${hint ?? 'Look for it at the provider'}${perhaps}`,
			'If you find the job, pick it up with Job: Wait. If there is none, start a new execution to submit the item again',
			elsewhere,
		),
		...(named.length ? { candidates: named } : {}),
		fromApi: false,
		retryable: false,
	};
}

const NOT_CHARGED = 'Jobs that do not succeed are refunded or not charged.';

function afterFailedJob(job: Job): string {
	if (lacksVideo(job)) {
		return 'The job may be charged, and its video may appear later: check it with Job: Get and this ID. If no video appears, ask the provider.';
	}
	const { code, retryable } = job.error ?? {};
	const hint = code && providerOf(job.provider).jobHint?.(code);
	if (hint) return `${hint}. ${NOT_CHARGED}`;
	if (speaksOfFile(job.error?.message ?? '')) return `${FILE_HINT}. ${NOT_CHARGED}`;
	return retryable
		? `The cause lies with the provider: submit it again. ${NOT_CHARGED}`
		: `Change the prompt or the picture before you submit it again. ${NOT_CHARGED}`;
}

function explainFailedJob(job: Job): Explained {
	const { jobId, error } = job;
	const verb = job.status === 'cancelled' ? 'was cancelled' : 'did not succeed';
	const reason = (error?.message ?? 'no reason given').replace(/\.$/, '');
	return {
		message: `The job ${jobId} ${verb}: ${reason}${error?.code ? ` [${error.code}]` : ''}`,
		next: afterFailedJob(job),
		job,
		code: error?.code,
		fromApi: true,
		retryable: error?.retryable ?? false,
	};
}

/** n8n's own classes, by the names they have in all its versions. */
const CANCELLATION = /^(Manual|Timeout|SystemShutdown)?ExecutionCancelledError$/;

/**
 * n8n's own cancellation, and what an aborted signal gives as its reason. Never detected by the words of a message: the
 * name of a node or a provider's message could make a failed execution look stopped, and no error workflow would run.
 */
function isStop(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	const kind = error.constructor?.name ?? '';
	return (
		CANCELLATION.test(kind) ||
		(kind === 'DOMException' && (error as DOMException).name === 'AbortError')
	);
}

/** The error that n8n shows, with the job ID in its context. */
export function nodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	...also: Array<string | undefined>
): NodeApiError | NodeOperationError {
	const {
		message: said,
		stopped,
		next,
		job,
		code,
		httpCode,
		fromApi,
		candidates,
		expression,
	} = explain(error);
	// A job that the provider canceled must not look like a person's Stop, or no error workflow runs.
	const message = stopped
		? said
		: harmless(said.replace(/(cancel)(ed)/gi, '$1l$2'), MAX_LENGTHS.whole);
	const description = sentences(next, ...also);
	const shown = fromApi
		? new NodeApiError(node, { message, ...(code ? { code } : {}) } as JsonObject, {
				message,
				description,
				httpCode,
				itemIndex,
			})
		: new NodeOperationError(node, message, { description, itemIndex });
	if (expression) Object.assign(shown.context, expression.context, { itemIndex });
	// n8n rewrites messages that contain network codes. This restores ours.
	shown.message = message;
	if (job) shown.context.jobId = job.jobId;
	if (candidates) shown.context.candidateJobIds = candidates;
	return shown;
}

/** Whether the whole job is known, not only its ID. Then the item has the same keys as every other item. */
const isWhole = (job: Partial<Job> | undefined): job is Job => job?.videos !== undefined;

/** The JSON of a failed item when the workflow continues; it keeps everything known about the job. */
export function failureJson(error: unknown): IDataObject {
	const { message, next, job, field, code, candidates, retryable, expression } = explain(error);
	const node = expression?.context?.nodeCause;
	return {
		...(isWhole(job) ? jobJson(job) : (job as IDataObject | undefined)),
		error: {
			message,
			...(next ? { description: next } : {}),
			...(code ? { code } : {}),
			...(field ? { field } : {}),
			...(typeof node === 'string' ? { node } : {}),
			...(candidates ? { candidateJobIds: [...candidates] } : {}),
			retryable,
		},
	};
}
