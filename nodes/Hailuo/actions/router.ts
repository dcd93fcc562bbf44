import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { BatchStoppedError, NotStartedError } from '../jobs/batch';
import { explain, failureJson, nodeError } from './failures';
import { memoryOf } from './memory';
import { operations } from './operations';
import type { Outcome } from './outcome';

/**
 * Runs the chosen operation: the one place where items are linked to their input and where errors become rows
 * ("continue on fail") or end the run.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;
	const run = operations[resource]?.[operation];
	if (!run) {
		throw new NodeOperationError(
			context.getNode(),
			`'${operation}' is no operation of '${resource}'`,
			{
				description: "Pick one from the list 'Operation'",
			},
		);
	}
	const outcomes = await run(context).catch((error) => {
		throw nodeError(context.getNode(), error, 0);
	});
	if (!context.continueOnFail()) throwFirst(context, outcomes);
	const rows = outcomes.flatMap((outcome, item) =>
		outcome.ok
			? outcome.value.map((row) => ({ ...row, pairedItem: { item } }))
			: [failureRow(context, outcome.error, item)],
	);
	memoryOf(context).forgetRun();
	return [rows];
}

/** Ends the run with what went wrong first, and names the paid jobs that the person would otherwise lose sight of. */
function throwFirst(context: IExecuteFunctions, outcomes: readonly Outcome[]): void {
	const failed = outcomes.flatMap((outcome, item) =>
		outcome.ok ? [] : [{ item, error: outcome.error, job: explain(outcome.error).job }],
	);
	const first = failed.find(({ error }) => !isConsequence(error)) ?? failed[0];
	if (!first) return;
	const delivered = outcomes.flatMap((outcome) =>
		outcome.ok ? outcome.value.map(({ json }) => json.jobId) : [],
	);
	const others = [
		...failed.filter(({ item }) => item !== first.item).map(({ job }) => job?.jobId),
		...delivered,
	].filter((id): id is string => typeof id === 'string');
	const also = others.length
		? `Other jobs of this run are submitted and paid too: ${others.join(', ')}. Get their videos with Job: Wait`
		: undefined;
	const error = nodeError(context.getNode(), first.error, first.item, also);
	if (others.length) error.context.otherJobIds = others;
	throw error;
}

/** Whether an item only stopped because another one had not succeeded. */
const isConsequence = (error: unknown): boolean =>
	error instanceof NotStartedError ||
	error instanceof BatchStoppedError ||
	(error as Error)?.cause instanceof BatchStoppedError;

/**
 * n8n replaces the JSON of a row that has an `error`, and so loses the job's id; but without one it does not send the
 * row to the error output. Not being enumerable, ours is seen by the one and not copied to the other.
 */
function failureRow(context: IExecuteFunctions, error: unknown, item: number): INodeExecutionData {
	const row: INodeExecutionData = { json: failureJson(error), pairedItem: { item } };
	return context.getNode().onError === 'continueErrorOutput'
		? (Object.defineProperty(row, 'error', {
				value: nodeError(context.getNode(), error, item),
				enumerable: false,
			}) as INodeExecutionData)
		: row;
}
