import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { readFinishOptions, type FinishOptions } from '../n8n/finishOptions';
import { readJobIds } from '../n8n/jobIds';
import { OPTION_LABELS } from '../n8n/optionLabels';
import { asAmount, asChoice, asSwitch, asText, requireAmount } from '../n8n/fieldValues';
import { modelNamed } from '../models/catalogue';
import { isHailuo } from '../models/price';
import type { ProviderId } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';
import type { Job } from '../providers/types';

/** What the user chose. */
export interface Settings {
	provider: ProviderId;
	/** Identifies what is watched: another provider or credential is another account. */
	scope: string;
	/** Which jobs are watched. */
	isWatched: (job: Job) => boolean;
	/** Which ends are reported. */
	isWanted: (job: Pick<Job, 'status'>) => boolean;
	/** The only model that is watched, if there is just one. */
	onlyModel?: string;
	/** 0 for jobs since the activation. */
	days: number;
	jobIds: string[];
	finish: FinishOptions;
	downloadAttempts: number;
}

/** The statuses that belong to each event. */
export const EVENT_STATUSES = {
	completed: ['completed'],
	failed: ['failed', 'cancelled'],
	either: ['completed', 'failed', 'cancelled'],
} as const;

const EVENTS = [
	{ value: 'completed', name: 'Job Completed' },
	{ value: 'failed', name: 'Job Failed' },
	{ value: 'either', name: 'Job Completed or Failed' },
] as const;

const MADE = [
	{ value: 'activation', name: 'From Now On' },
	{ value: 'lastDays', name: 'In the Last Days Too' },
] as const;

/** @throws FieldError for any other value: a trigger that waits for the wrong event would never start */
export const readEvent = (context: IPollFunctions): keyof typeof EVENT_STATUSES =>
	asChoice(context.getNodeParameter('event', 'completed'), 'Trigger On', EVENTS) ?? 'completed';

/** The ids of models that are given by id or name, as a list or as one text. */
const modelsOf = (value: unknown, provider: ProviderId): string[] =>
	(Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
		const text = asText(each, 'Models')?.trim() ?? '';
		return text === '' ? [] : [modelNamed(provider, text)?.id ?? text];
	});

/** @throws FieldError if it is not a number of at least 0 */
function between(value: unknown, label: string, [min, max, byDefault]: [number, number, number]) {
	requireAmount(value, label);
	return Math.min(max, Math.max(min, Math.floor(asAmount(value, byDefault))));
}

/** @throws FieldError for invalid job IDs */
export function readSettings(context: IPollFunctions): Settings {
	const read = (name: string, otherwise: unknown): unknown =>
		context.getNodeParameter(name, otherwise);
	const provider = read('provider', providers[0]) as ProviderId;
	const options = read('options', {}) as IDataObject;
	const finish = readFinishOptions(options, true);
	const onlyHailuo = asSwitch(read('onlyHailuo', true), 'Only Hailuo Models') !== false;
	const models = onlyHailuo ? modelsOf(read('models', []), provider) : [];
	const event = readEvent(context);
	const ends: readonly string[] = EVENT_STATUSES[event] ?? EVENT_STATUSES.completed;
	const { list, listsJobsOf, credential } = providerOf(provider);
	// If a list shows only some of the jobs, IDs can be given as well. Then only these are watched.
	const listsAll = list !== undefined && listsJobsOf?.() !== false;
	const jobIds = listsAll ? [] : jobIdsOf(read('jobIds', ''), provider);
	const history = list !== undefined && jobIds.length === 0;
	const account = `${provider}/${context.getNode().credentials?.[credential]?.id ?? ''}`;
	return {
		provider,
		scope: list && !history ? `${account}/given` : account,
		isWatched: ({ model }) =>
			models.length > 0 ? models.includes(model) : !onlyHailuo || isHailuo(model),
		isWanted: ({ status }) => ends.includes(status),
		onlyModel: models.length === 1 ? models[0] : undefined,
		days:
			history && asChoice(read('made', 'activation'), 'Jobs Made', MADE) === 'lastDays'
				? between(read('days', 1), 'Days', [1, 7, 1])
				: 0,
		jobIds,
		finish,
		downloadAttempts: between(options.downloadAttempts, OPTION_LABELS.downloadAttempts, [1, 20, 3]),
	};
}

/** An expression may give nothing for a while, and that is no reason to stop watching. */
function jobIdsOf(value: unknown, provider: ProviderId): string[] {
	const isEmpty =
		value === undefined ||
		value === null ||
		(typeof value === 'string' && value.trim() === '') ||
		(Array.isArray(value) && value.length === 0);
	return isEmpty ? [] : [...new Set(readJobIds(value, providerOf(provider)))];
}
