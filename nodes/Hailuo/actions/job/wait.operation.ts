import type { INodeProperties } from 'n8n-workflow';
import { finishJob } from '../../n8n/finishJob';
import { readFinishOptions } from '../../n8n/finishOptions';
import { isTool } from '../../n8n/isTool';
import { concurrencyOption, finishFields, optionsField, timeLimitOption } from '../../n8n/options';
import type { Operation } from '../operation';
import { asAmount, requireAmount } from '../../n8n/fieldValues';
import { OPTION_LABELS, OPTIONS } from '../../n8n/optionLabels';
import { readCollection } from '../../n8n/readField';
import { sharedOptions } from '../../n8n/session';
import { forEachJob, type GivenJob } from '../../n8n/forEachJob';
import { lookUp } from '../../n8n/lookUpJob';

/** Waiting costs nothing and the status calls are spread out, so even large batches rarely have to queue. */
const WAIT_CONCURRENCY = 100;

export const waitFields: INodeProperties[] = [
	optionsField(
		[
			...finishFields(true),
			timeLimitOption,
			concurrencyOption(
				WAIT_CONCURRENCY,
				'How many jobs to wait for in parallel when there are many. Waiting is free.',
			),
		],
		{ show: { resource: ['job'], operation: ['wait'] } },
	),
];

const AMOUNTS = ['timeLimit', 'maxConcurrent'] as const;

/** Picks up a paid job: waits until it ends and fetches its video. */
export const waitForJobs: Operation = {
	value: 'wait',
	name: 'Wait',
	description: 'Wait until a job is finished and get its video, without paying again',
	action: 'Wait for job',
	offered: () => true,

	async run(context) {
		const all = await sharedOptions(context);
		const concurrency = asAmount(all.maxConcurrent, 0) || WAIT_CONCURRENCY;
		const work = async ({ session, jobId, item, slot }: GivenJob) => {
			const given = readCollection(context, item, OPTIONS);
			for (const name of AMOUNTS) requireAmount(given[name], OPTION_LABELS[name]);
			const options = readFinishOptions(given, !isTool(context));
			const job = await lookUp(session, jobId, { signal: slot.signal });
			return await finishJob(context, session, job, { options, slot });
		};
		return await forEachJob(context, work, concurrency);
	},
};
