import type { IDataObject } from 'n8n-workflow';
import { AmbiguousSubmitError } from '../../jobs/submit';
import { DeadlineError } from '../../jobs/wait';
import { FieldError } from '../../models/fieldError';
import { MAX_LENGTHS, shortened } from '../../models/text';
import { ProviderError } from '../../providers/errors';
import { FILE_HINT, speaksOfFile } from '../../providers/fileTrouble';
import { MAX_PRICE } from '../fieldValues';
import { harmless } from '../logLine';
import { UnreadableField } from '../readField';
import { explainAmbiguous } from './ambiguousSubmit';
import {
	CANCELED,
	JobFailed,
	PriceUnknown,
	Stopped,
	tryAgain,
	VideoMissing,
	WithJob,
} from './classes';
import { sentences, type Explained } from './explained';
import { explainFailedJob } from './failedJob';
import { isStop } from './stop';

/** Explains the errors of one class; undefined for any other value. */
type Rule = (error: unknown) => Explained | undefined;

const ruleFor =
	<Kind extends Error>(
		kind: abstract new (...args: never[]) => Kind,
		explainKind: (error: Kind) => Explained,
	): Rule =>
	(error) =>
		error instanceof kind ? explainKind(error) : undefined;

/** The first rule that fits counts. */
const RULES: readonly Rule[] = [
	ruleFor(WithJob, explainWithJob),
	ruleFor(Stopped, explainStopped),
	ruleFor(PriceUnknown, explainPriceUnknown),
	ruleFor(JobFailed, explainFailedJob),
	ruleFor(UnreadableField, explainUnreadableField),
	ruleFor(FieldError, explainFieldError),
	ruleFor(ProviderError, explainProviderError),
	ruleFor(DeadlineError, explainDeadline),
	ruleFor(AmbiguousSubmitError, explainAmbiguous),
	// After our own classes, whose texts also say what happened to the job.
	explainStop,
];

/** Turns any thrown value into a text for the user. It never contains a key, a header or a request body. */
export function explain(error: unknown): Explained {
	for (const rule of RULES) {
		const explained = rule(error);
		if (explained) return explained;
	}
	return {
		message: harmless((error as Error)?.message ?? error, MAX_LENGTHS.message),
		fromApi: false,
		retryable: false,
	};
}

const pickUp = (jobId: string) =>
	`The job ${jobId} was submitted and paid for, and continues at the provider. To get its video without paying again, use the operation Job: Wait with this ID.`;

function explainWithJob({ cause, job, submitted }: WithJob): Explained {
	const inner = explain(cause);
	const { jobId } = job;
	if (cause instanceof VideoMissing) {
		const next = `The job is finished and paid, and its address is in videoUrl. ${tryAgain({ jobId })}.`;
		return { ...inner, job, next, retryable: true };
	}
	const open = submitted && !['failed', 'cancelled'].includes(job.status ?? '');
	return {
		...inner,
		job: { ...inner.job, ...job },
		message: inner.message.includes(jobId) ? inner.message : `${inner.message} (job ${jobId})`,
		next: sentences(inner.next, open ? pickUp(jobId) : undefined),
	};
}

function explainStopped({ cause }: Stopped): Explained {
	const inner = explain(cause);
	const message = inner.stopped ? inner.message : `${CANCELED}. ${inner.message}`;
	return { ...inner, message, stopped: true };
}

function explainPriceUnknown({ cause }: PriceUnknown): Explained {
	const inner = explain(cause);
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

function explainUnreadableField({ field, message, cause }: UnreadableField): Explained {
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

function explainFieldError({ message, fix, field }: FieldError): Explained {
	return {
		message: shortened(message, MAX_LENGTHS.message),
		next: sentences(shortened(fix, MAX_LENGTHS.advice)),
		field,
		fromApi: false,
		retryable: false,
	};
}

function explainProviderError({
	message,
	kind,
	hint,
	code,
	status,
	isTransient,
}: ProviderError): Explained {
	return {
		message,
		next: kind === 'invalid' && speaksOfFile(message) ? FILE_HINT : hint,
		code,
		httpCode: status === undefined ? undefined : String(status),
		fromApi: true,
		retryable: isTransient,
	};
}

function explainDeadline({ waitedMs, cause, jobId }: DeadlineError): Explained {
	const minutes = Math.round(waitedMs / 6000) / 10;
	const unread = cause ? `; its status could not be read: ${explain(cause).message}` : '';
	return {
		message: `The job was not finished within ${minutes} minute${minutes === 1 ? '' : 's'}${unread}`,
		next: "Give it more time with the option 'Time Limit (Minutes)'",
		job: { jobId },
		fromApi: false,
		retryable: true,
	};
}

function explainStop(error: unknown): Explained | undefined {
	if (!isStop(error)) return undefined;
	return { message: CANCELED, stopped: true, fromApi: false, retryable: false };
}
