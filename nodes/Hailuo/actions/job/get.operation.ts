import type { INodeProperties } from 'n8n-workflow';
import { withVideo } from '../../n8n/finishJob';
import { readFinishOptions } from '../../n8n/finishOptions';
import { finishFields, optionsField } from '../../n8n/options';
import type { Operation } from '../operation';
import { OPTIONS } from '../../n8n/optionLabels';
import { readCollection } from '../../n8n/readField';
import { forEachJob, type GivenJob } from '../../n8n/forEachJob';
import { lookUp } from '../../n8n/lookUpJob';

/** Maximum parallel status calls; the pacer spreads them. */
const GET_CONCURRENCY = 10;

export const getFields: INodeProperties[] = [
	optionsField(finishFields(false), { show: { resource: ['job'], operation: ['get'] } }),
];

/** The current state of a job. A failed job is a normal result. */
export const getJobs: Operation = {
	value: 'get',
	name: 'Get',
	description: 'Get the current status and video address of a job',
	action: 'Get job',
	offered: () => true,

	async run(context) {
		const work = async ({ session, jobId, item, slot: { signal } }: GivenJob) => {
			const options = readCollection(context, item, OPTIONS);
			const job = await lookUp(session, jobId, { signal });
			return await withVideo(context, session, job, {
				options: readFinishOptions(options, false),
				signal,
			});
		};
		return await forEachJob(context, work, GET_CONCURRENCY);
	},
};
