import type { IExecuteFunctions } from 'n8n-workflow';
import { VIDEO_OPERATIONS } from '../models/catalogue';
import type { Outcome } from './outcome';
import { generate } from './video/generate';

/** What runs for each resource and operation. */
export const operations: Record<
	string,
	Record<string, (context: IExecuteFunctions) => Promise<Outcome[]>>
> = {
	video: Object.fromEntries(
		VIDEO_OPERATIONS.map((operation) => [
			operation,
			async (context: IExecuteFunctions) => await generate(context, operation),
		]),
	),
};
