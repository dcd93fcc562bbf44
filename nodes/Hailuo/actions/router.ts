import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { BatchStoppedError, NotStartedError } from '../jobs/batch';
import { PROVIDER_NAMES } from '../models/catalogue';
import type { ProviderId } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';
import { NOT_DOWNLOADED, Stopped } from '../n8n/errors/classes';
import { explain } from '../n8n/errors/explain';
import { failureJson, nodeError } from '../n8n/errors/output';
import { AmbiguousSubmitError } from '../jobs/submit';
import { isTool } from '../n8n/isTool';
import { paidJobsOf } from './video/paidJobs';
import type { Operation } from './operation';
import { operations } from './operations';
import type { Outcome } from '../n8n/outcome';

/**
 * Runs the chosen operation. Only here are items linked to their input, and only here do errors become rows ("continue
 * on fail") or end the run.
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
			? outcome.value.map((row) => ({ pairedItem: { item }, ...row }))
			: [failureRow(context, outcome.error, item)];
	});
	if (operation.submits) {
		const done = outcomes.filter((outcome) => outcome.ok || isTold(context, outcome.error));
		paidJobsOf(context).markDelivered(done.map(({ item }) => item));
	}
	hintAtMissing(context, rows);
	return [rows];
}

/** More IDs would not help the user. */
const MAX_NAMED = 5;

/**
 * Shows a yellow line above the output, if n8n supports it (docs/n8n.md 7.2): a video without a file is easily
 * overlooked among successful items.
 */
function hintAtMissing(context: IExecuteFunctions, rows: readonly INodeExecutionData[]): void {
	const missing = rows.filter(lacksFile).map(({ json }) => String(json.jobId));
	if (missing.length === 0 || !context.addExecutionHints) return;
	const named = missing.slice(0, MAX_NAMED).join(', ');
	const more = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : '';
	context.addExecutionHints({
		message: `${missing.length === 1 ? '1 video is' : `${missing.length} videos are`} finished and paid, but could not be downloaded: ${named}${more}. The reason is in each item. Job: Wait with the job ID tries again for free.`,
		type: 'warning',
		location: 'outputPane',
	});
}

/** Also true for a row that goes to the error output. */
function lacksFile({ json: { warnings, error } }: INodeExecutionData): boolean {
	const said = [...(Array.isArray(warnings) ? warnings : []), (error as IDataObject)?.message];
	return said.some((text) => typeof text === 'string' && text.startsWith(NOT_DOWNLOADED));
}

/**
 * Whether an ambiguous submit has been reported to the user: its row says so, and the same request in the next row of a
 * loop is a new job. If an AI agent calls its tool again, it means the same job.
 */
const isTold = (context: IExecuteFunctions, error: unknown): boolean =>
	error instanceof AmbiguousSubmitError && !isTool(context);

/** @throws NodeOperationError if the operation does not exist, or the provider cannot do it */
function chosen(context: IExecuteFunctions): Operation {
	const resource = context.getNodeParameter('resource', 0) as keyof typeof operations;
	const value = context.getNodeParameter('operation', 0) as string;
	const id = context.getNodeParameter('provider', 0, providers[0]) as ProviderId;
	const operation = operations[resource]?.find((one) => one.value === value);
	if (!operation || !providers.includes(id)) {
		throw new NodeOperationError(
			context.getNode(),
			operation ? `'${id}' is not a provider` : `'${value}' is not an operation of '${resource}'`,
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

/** Ends the run with the first error, and names the paid jobs, which would otherwise be lost. */
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
	const { paid, inDoubt } = submits ? othersOf(context, first.item, outcomes) : NO_OTHERS;
	const stopped = context.getExecutionCancelSignal?.()?.aborted;
	const cause = stopped ? new Stopped(first.error) : first.error;
	const count = context.getInputData().length;
	const atFault = new Set(
		failed.filter(({ error }) => !isConsequence(error)).map(({ item }) => item),
	);
	const error = nodeError(
		context.getNode(),
		cause,
		first.item,
		paid.length
			? `Other jobs of this run were submitted and are paid too: ${paid.join(', ')}. Get their videos with Job: Wait`
			: undefined,
		// n8n adds the item's number to the message, counted from 0. If all items failed, no others could continue.
		atFault.size < count && !stopped
			? `This item ended the run of ${count} items. To let the others continue, set 'On Error' in the settings of the node to 'Continue'`
			: undefined,
	);
	if (paid.length) error.context.otherJobIds = paid;
	if (inDoubt.length) {
		error.message += `. ${namedInDoubt(inDoubt)}`;
		error.context.itemsInDoubt = inDoubt;
	}
	throw error;
}

/** An item whose submit got no usable answer, with its candidate jobs. */
interface InDoubt {
	/** Counted from 0, as n8n counts. */
	item: number;
	candidateJobIds?: readonly string[];
}

const NO_OTHERS: { paid: string[]; inDoubt: InDoubt[] } = { paid: [], inDoubt: [] };

/**
 * What the other items of the run have cost, or may have cost. Only jobs that this run submitted are reported; given
 * IDs are already known. `paidJobs` also contains jobs that an earlier try paid for and that were not started in this
 * one.
 */
function othersOf(
	context: IExecuteFunctions,
	first: number,
	outcomes: readonly Outcome[],
): { paid: string[]; inDoubt: InDoubt[] } {
	const paid = new Set<string>();
	const candidates = new Map<number, readonly string[] | undefined>();
	for (const { item, ...outcome } of outcomes) {
		if (item === first) continue;
		const ids = outcome.ok
			? outcome.value.map(({ json }) => json.jobId)
			: [explain(outcome.error).job?.jobId];
		for (const id of ids) if (typeof id === 'string') paid.add(id);
		if (!outcome.ok && outcome.error instanceof AmbiguousSubmitError) {
			candidates.set(item, explain(outcome.error).candidates);
		}
	}
	for (const { item, jobId } of paidJobsOf(context).all()) {
		if (item === first) continue;
		if (jobId !== undefined) paid.add(jobId);
		else if (!candidates.has(item)) candidates.set(item, undefined);
	}
	const inDoubt = [...candidates].map(([item, ids]) => ({
		item,
		...(ids ? { candidateJobIds: ids } : {}),
	}));
	return { paid: [...paid], inDoubt: inDoubt.sort((a, b) => a.item - b.item) };
}

function namedInDoubt(items: readonly InDoubt[]): string {
	const each = items.map(({ item, candidateJobIds: ids = [] }) =>
		ids.length ? `${item} (it may be ${ids.join(' or ')})` : String(item),
	);
	return each.length === 1
		? `The submit of item ${each[0]} got no usable answer: its job may exist and may be billed`
		: `The submits of items ${each.join(', ')} got no usable answer: their jobs may exist and may be billed`;
}

/** Whether an item stopped only because another item failed. */
const isConsequence = (error: unknown): boolean =>
	[error, (error as Error)?.cause].some(
		(one) => one instanceof NotStartedError || one instanceof BatchStoppedError,
	);

/**
 * n8n replaces the JSON of a row that has an `error`, and so loses the job ID. But without an `error` it does not send
 * the row to the error output. Ours is not enumerable: the check sees it, but the copy does not contain it.
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
