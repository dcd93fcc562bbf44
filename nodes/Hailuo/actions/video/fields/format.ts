import type { INodeProperties } from 'n8n-workflow';
import {
	lengthLists,
	priceList,
	pricesAsOf,
	PROVIDER_NAMES,
	resolutionsOf,
} from '../../../models/catalogue';
import { FIELD_LABELS } from '../../../models/fieldError';
import { providerOf } from '../../../providers';
import { pricedModels } from '../../../models/price';
import type { Lengths, Resolution } from '../../../providers/modelTypes';
import { fieldAt, type Field, type Place, type VideoAction } from '../showFor';
import { withPrice } from './places';

const RESOLUTION_HELP: Partial<Record<Resolution, string>> = {
	'480P': 'Small and cheap',
	'512P': 'Small and cheap',
	'768P': 'Standard',
	'1080P': 'Full HD, 6 seconds only',
	'2K': 'The sharpest and most expensive',
};

export const resolutionFields = fieldAt(withPrice, ({ model, lengths }) => {
	const resolutions = resolutionsOf(lengths);
	return (
		model.fields.resolution && {
			displayName: FIELD_LABELS.resolution,
			name: 'resolution',
			type: 'options',
			options: resolutions.map((value) => ({
				name: value,
				value,
				...(RESOLUTION_HELP[value] ? { description: RESOLUTION_HELP[value] } : {}),
			})),
			default: String(model.fields.resolution.default),
			description: 'The size of the video. The available durations depend on it.',
			kept: true,
		}
	);
});

/**
 * The lists of durations of a model, longest first: the first one is also shown for a resolution that is not in the
 * list.
 */
const listsOf = (lengths: Lengths) =>
	lengthLists(lengths).sort((a, b) => b.durations.length - a.durations.length);

const MAX_LISTS = Math.max(...withPrice.map(({ lengths }) => listsOf(lengths).length));

/** The price of a video, shown under the last field that it depends on. If no price is published, how to get one. */
function priceHint({ operation, provider, model, lengths }: Place<VideoAction>, at: Resolution[]) {
	if (operation === 'getPrice') return undefined;
	const asked = pricedModels(provider).includes(model) && providerOf(provider).quote;
	const others = pricesAsOf(provider);
	return (
		priceList(model, lengths, at) ??
		`${others ? 'No list price of this model is known' : `${PROVIDER_NAMES[provider]} publishes no prices`}${asked ? ': Get Price asks for one' : ''}`
	);
}

/**
 * Always shown, even if there is nothing to choose: it shows the length and the price. If the resolution can be chosen,
 * each resolution with different lengths has its own list.
 */
export const durationFields: INodeProperties[] = [...Array(MAX_LISTS).keys()].flatMap((nth) =>
	fieldAt(withPrice, (place): Field | undefined => {
		const { model, lengths } = place;
		const lists = listsOf(lengths);
		if (!lists[nth]) return undefined;
		const { durations, at } = lists[nth];
		const others = lists.slice(1).flatMap((list) => list.at);
		return {
			displayName: FIELD_LABELS.duration,
			name: 'duration',
			type: 'options',
			options: durations.map((value) => ({ name: `${value} Seconds`, value })),
			default: Number(model.fields.duration?.default ?? durations[0]),
			description: 'Length of the video',
			kept: true,
			hintForModel: priceHint(place, at),
			...(nth > 0 ? { show: { resolution: at } } : {}),
			...(nth === 0 && others.length > 0 ? { hide: { resolution: others } } : {}),
		};
	}),
);
