import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { runBatch } from '../../jobs/batch';
import { listPrice, modelNamed } from '../../models/catalogue';
import { FIELD_LABELS } from '../../models/fieldError';
import { checkPriced, pricedModels } from '../../models/price';
import type { VideoOperation } from '../../providers/modelTypes';
import type { Operation } from '../operation';
import { asResolution, asSeconds, asText } from '../../n8n/fieldValues';
import { readField } from '../../n8n/readField';
import { openSession, type Session } from '../../n8n/session';
import { priceAsker, priceQuestion, QUOTE_CONCURRENCY, type AskPrice } from './quote';
import { readJson } from './values/readJson';

/** The price of a video according to the provider, together with the list price in this package. */
export const getPrice: Operation = {
	value: 'getPrice',
	name: 'Get Price',
	description: 'Ask the provider what a video would cost, without making it',
	action: 'Get price of video',
	offered: ({ id, quote }) => quote !== undefined && pricedModels(id).length > 0,

	async run(context) {
		const session = await openSession(context);
		const askPrice = priceAsker(session);
		const outcomes = await runBatch(
			context.getInputData(),
			async (_input, item) => [await priceItem(context, session, askPrice, item)],
			{
				concurrency: QUOTE_CONCURRENCY,
				stopOnError: !context.continueOnFail(),
				signal: session.signal,
			},
		);
		return outcomes.map((outcome, item) => ({ ...outcome, item }));
	},
};

const { customModel, additionalFields: additional } = FIELD_LABELS;

async function priceItem(
	context: IExecuteFunctions,
	{ provider }: Session,
	askPrice: AskPrice,
	item: number,
): Promise<INodeExecutionData> {
	const read = (name: string, label: string) =>
		readField(context, item, name, label, { instead: "''" });
	const id = asText(read('model', 'Model'), 'Model') ?? '';
	const isCustom = modelNamed(provider.id, id)?.custom !== undefined;
	const customId = isCustom ? asText(read('customModel', customModel), customModel) : '';
	const additionalFields = isCustom ? readJson(read('additionalFields', additional)) : undefined;
	const { model, format } = checkPriced(
		provider.id,
		id,
		isCustom
			? {}
			: {
					resolution: asResolution(read('resolution', FIELD_LABELS.resolution)),
					duration: asSeconds(read('duration', FIELD_LABELS.duration)),
				},
		{ id: customId ?? '', additionalFields },
	);
	const [operation] = Object.keys(model.operations) as VideoOperation[];
	const question = priceQuestion(model, operation, format, additionalFields);
	const { price, currency, fullPrice } = await askPrice(question);
	const known = listPrice(model, format.resolution!, format.duration!);
	return {
		json: {
			provider: provider.id,
			model: model.id,
			resolution: format.resolution ?? null,
			duration: format.duration ?? null,
			price,
			currency,
			fullPrice: fullPrice ?? price,
			listPrice: known ?? null,
			listPriceAsOf: known === undefined ? null : (model.pricesAsOf ?? null),
		},
	};
}
