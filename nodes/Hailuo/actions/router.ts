import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { BatchStoppedError, NotStartedError } from '../jobs/batch';
import { PROVIDER_NAMES } from '../models/catalogue';
import type { ProviderId } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';
import { explain, failureJson, nodeError, Stopped } from '../n8n/errors';
import { paidJobsOf } from './video/paidJobs';
import type { Operation } from './operation';
import { operations } from './operations';
import type { Outcome } from '../n8n/outcome';

/**
 * Runs the chosen operation: the one place where items are linked to their input and where errors become rows
 * ("continue on fail") or end the run.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = chosen(context);
	const outcomes = await operation.run(context).catch((error) => {
		throw nodeError(context.getNode(), error, 0);
	});
	if (!context.continueOnFail()) throwFirst(context, operation, outcomes);
	const rows = outcomes.flatMap((outcome) => {
		const { item } = outcome;
		return outcome.ok
			? outcome.value.map((row) => ({ ...row, pairedItem: { item } }))
			: [failureRow(context, outcome.error, item)];
	});
	if (operation.submits) {
		paidJobsOf(context).deliver(outcomes.flatMap(({ ok, item }) => (ok ? [item] : [])));
	}
	return [rows];
}

/** @throws NodeOperationError when there is no such operation, or the provider cannot do it */
function chosen(context: IExecuteFunctions): Operation {
	const resource = context.getNodeParameter('resource', 0) as keyof typeof operations;
	const value = context.getNodeParameter('operation', 0) as string;
	const id = context.getNodeParameter('provider', 0) as ProviderId;
	const operation = operations[resource]?.find((one) => one.value === value);
	if (!operation || !providers.includes(id)) {
		throw new NodeOperationError(
			context.getNode(),
			operation ? `'${id}' is no provider` : `'${value}' is no operation of '${resource}'`,
			{ description: `Pick one from the list '${operation ? 'Provider' : 'Operation'}'` },
		);
	}
	if (operation.offered(providerOf(id))) return operation;
	const others = providers.filter((other) => operation.offered(providerOf(other)));
	throw new NodeOperationError(
		context.getNode(),
		`${PROVIDER_NAMES[id]} cannot do '${operation.name}'`,
		{
			description: `Pick another operation, or the provider ${others.map((other) => PROVIDER_NAMES[other]).join(' or ')}`,
		},
	);
}

/** Ends the run with what went wrong first, and names the paid jobs that the person would otherwise lose sight of. */
function throwFirst(
	context: IExecuteFunctions,
	{ submits }: Operation,
	outcomes: readonly Outcome[],
): void {
	const failed = outcomes.flatMap(({ item, ...outcome }) =>
		outcome.ok ? [] : [{ item, error: outcome.error }],
	);
	const first = failed.find(({ error }) => !isConsequence(error)) ?? failed[0];
	if (!first) return;
	// Only what this run submitted is news; ids that were given are known.
	const others = outcomes
		.filter(({ item }) => submits && item !== first.item)
		.flatMap((outcome) =>
			outcome.ok
				? outcome.value.map(({ json }) => json.jobId)
				: [explain(outcome.error).job?.jobId],
		)
		.filter((id): id is string => typeof id === 'string');
	const stopped = context.getExecutionCancelSignal?.()?.aborted;
	const cause = stopped ? new Stopped(first.error) : first.error;
	const count = context.getInputData().length;
	const error = nodeError(
		context.getNode(),
		cause,
		first.item,
		others.length
			? `Other jobs of this run are submitted and paid too: ${others.join(', ')}. Get their videos with Job: Wait`
			: undefined,
		// Which one it was n8n writes behind the message, counted from 0.
		count > 1 && !stopped
			? `This item ended the run of all ${count}: to let the others go on, set 'On Error' in the settings of the node to 'Continue'`
			: undefined,
	);
	if (others.length) error.context.otherJobIds = others;
	throw error;
}

/** Whether an item only stopped because another one had not succeeded. */
const isConsequence = (error: unknown): boolean =>
	[error, (error as Error)?.cause].some(
		(one) => one instanceof NotStartedError || one instanceof BatchStoppedError,
	);

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
