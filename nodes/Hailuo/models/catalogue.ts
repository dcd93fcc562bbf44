import { catalogues } from '../providers';
import type {
	FieldName,
	FieldSpec,
	LengthList,
	Lengths,
	Model,
	ProviderCatalogue,
	ProviderId,
	Resolution,
	VideoOperation,
} from '../providers/modelTypes';

export const VIDEO_OPERATIONS = [
	'textToVideo',
	'imageToVideo',
	'firstLastFrameToVideo',
	'referenceToVideo',
] as const;

export const OPERATION_NAMES: Record<VideoOperation, string> = {
	textToVideo: 'Text to Video',
	imageToVideo: 'Image to Video',
	firstLastFrameToVideo: 'First and Last Frame to Video',
	referenceToVideo: 'Reference to Video',
};

/** @throws Error for a provider that is not in the catalogue */
export function catalogueOf(id: ProviderId): ProviderCatalogue {
	const found = catalogues.find(({ provider }) => provider === id);
	if (!found) throw new Error(`The catalogue does not have the provider '${id}'`);
	return found;
}

/** Their names in the dropdown and in messages. */
export const PROVIDER_NAMES = Object.fromEntries(
	catalogues.map(({ provider, name }) => [provider, name]),
) as Record<ProviderId, string>;

/** Every model that this edition of the package holds, newest first for each provider. */
export const models: readonly Model[] = catalogues.flatMap((catalogue) => catalogue.models);

export function findModel(provider: ProviderId, id: string): Model | undefined {
	return models.find((model) => model.provider === provider && model.id === id);
}

/** Normalises IDs and names for comparison: case and blanks do not matter. */
const folded = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');

const isCalled = (model: Model, text: string) =>
	folded(model.id) === folded(text) || folded(model.name) === folded(text);

/**
 * Finds a provider's model by its ID, or by its name in the list, in any case. Among several with the same name, the
 * one that can do the operation is returned.
 */
export function modelNamed(
	provider: ProviderId,
	text: string,
	operation?: VideoOperation,
): Model | undefined {
	const exact = findModel(provider, text);
	// A text of megabytes cannot be a name.
	if (exact || text.length > 200) return exact;
	const called = modelsOf(provider).filter((model) => isCalled(model, text));
	const able = called.filter((model) => operation && model.operations[operation]);
	return able[0] ?? called[0];
}

/** Finds a model of any other provider by its ID or name. */
export const foreignModel = (provider: ProviderId, text: string): Model | undefined =>
	text.length > 200
		? undefined
		: models.find((model) => model.provider !== provider && !model.custom && isCalled(model, text));

/** The model that is selected by default. */
export function defaultModel(provider: ProviderId, operation: VideoOperation): string {
	return catalogueOf(provider).defaults[operation] ?? modelsFor(provider, operation)[0].id;
}

/** The models of a provider, custom ones included, in the order of the list. */
export const modelsOf = (provider: ProviderId): Model[] =>
	models.filter((model) => model.provider === provider);

/** The models of a provider that can do an operation, in the order of the list. */
export const modelsFor = (provider: ProviderId, operation: VideoOperation): Model[] =>
	modelsOf(provider).filter((model) => model.operations[operation]);

/** The field of a model for an operation; undefined if the model does not have it. */
export function fieldOf(
	model: Model,
	operation: VideoOperation,
	field: FieldName,
): FieldSpec | undefined {
	const spec = model.fields[field];
	if (!spec || (spec.only && !spec.only.includes(operation))) return undefined;
	return { ...spec, ...spec.under?.[operation] };
}

export function resolutionsOf(lengths: Lengths): Resolution[] {
	return Object.keys(lengths) as Resolution[];
}

/** All durations in s of a matrix, for all resolutions, ascending. */
export function durationsOf(lengths: Lengths): number[] {
	return [...new Set(Object.values(lengths).flat())].sort((a, b) => a - b);
}

/** The lists of durations of a model, each with the resolutions that share it, in the order of the resolutions. */
export function lengthLists(lengths: Lengths): LengthList[] {
	const lists = new Map<string, LengthList>();
	for (const resolution of resolutionsOf(lengths)) {
		const durations = lengths[resolution]!;
		const list = lists.get(durations.join()) ?? { durations, at: [] };
		list.at.push(resolution);
		lists.set(durations.join(), list);
	}
	return [...lists.values()];
}

/** e.g. `6 or 10`, or `4 to 15` if every whole second between is available */
export function spoken(durations: readonly number[]): string {
	const [first] = durations;
	const isRange = durations.length > 2 && durations.every((s, index) => s === first + index);
	return isRange ? `${first} to ${durations.at(-1)}` : durations.join(' or ');
}

/** e.g. `512P, 768P: 6 or 10 s · 1080P: 6 s` */
export const formats = (lengths: Lengths): string =>
	lengthLists(lengths)
		.map(({ durations, at }) => `${at.join(', ')}: ${spoken(durations)} s`)
		.join(' · ');

/** List price in USD, as of `model.pricesAsOf`; undefined if none is published. */
export function listPrice(
	model: Model,
	resolution: Resolution,
	seconds: number,
): number | undefined {
	const each = model.pricePerSecond?.[resolution];
	// In whole cents: 0.13 × 15 is 1.9500000000000002.
	const counted = each === undefined ? undefined : Math.round(each * seconds * 100) / 100;
	return model.prices?.[resolution]?.[seconds] ?? counted;
}

/** The dates of a provider's list prices, e.g. `2026-07-10 and 2026-10-24`; undefined if it publishes none. */
export function pricesAsOf(provider: ProviderId): string | undefined {
	const days = modelsOf(provider).flatMap(({ pricesAsOf: day }) => (day ? [day] : []));
	return [...new Set(days)].sort().join(' and ') || undefined;
}

/** e.g. `512P: 6 or 10 s · $0.10 to $0.15`: the description of a model in the list. */
export function modelSummary(model: Model, operation: VideoOperation): string {
	const { custom, fields, note } = model;
	if (custom) {
		return `Any model of ${custom.of ?? 'this provider'}, by its ID. The node does not check it.`;
	}
	const lengths = model.operations[operation] ?? {};
	const prices = resolutionsOf(lengths)
		.flatMap((resolution) => lengths[resolution]!.map((s) => listPrice(model, resolution, s)))
		.filter((price): price is number => price !== undefined);
	const money = [...new Set([Math.min(...prices), Math.max(...prices)])].map(dollars).join(' to ');
	return [
		formats(lengths),
		prices.length ? money : 'price not published',
		...(operation !== 'textToVideo' && fields.prompt?.required ? ['needs a prompt'] : []),
		...(note && note.under?.includes(operation) !== false ? [note.text] : []),
	].join(' · ');
}

const dollars = (price: number) => `$${price.toFixed(2)}`;

/**
 * e.g. `512P: 6 s $0.10, 10 s $0.15 (list price of 2026-03-13)`: what the videos of a model cost at some of its
 * resolutions; undefined where no price is published.
 */
export function priceList(
	model: Model,
	lengths: Lengths,
	resolutions: readonly Resolution[],
): string | undefined {
	if (!model.prices && !model.pricePerSecond) return undefined;
	const rows = resolutions.map((resolution) => {
		const each = model.pricePerSecond?.[resolution];
		const some = each === undefined ? lengths[resolution]! : someOf(lengths[resolution]!);
		const perSecond = each === undefined ? '' : `$${each} per second: `;
		const prices = some.map((s) => [s, listPrice(model, resolution, s)] as const);
		const known = prices.flatMap(([s, price]) => (price ? [`${s} s ${dollars(price)}`] : []));
		return `${resolution}: ${perSecond}${known.join(', ')}`;
	});
	return `${rows.join('; ')} (list price of ${model.pricesAsOf})`;
}

/** The minimum, the maximum and the usual durations: nobody would read the full list. */
const someOf = (durations: readonly number[]): number[] =>
	durations.filter((s, index) => index === 0 || s === durations.at(-1) || [5, 10].includes(s));

/**
 * e.g. `5 pictures are free, each additional one costs $0.04`: the price of reference pictures; undefined if unknown.
 */
export const picturePrice = ({ referencePrices: prices }: Model): string | undefined =>
	prices &&
	`${prices.freePictures} pictures are free, each additional one costs $${prices.picture}`;

/** e.g. `Each second adds $0.08 (768P) or $0.13 (2K) to the price`: the price of reference videos; undefined if unknown. */
export function videoSecondPrice({ referencePrices: prices }: Model): string | undefined {
	if (!prices) return undefined;
	const each = Object.entries(prices.videoSecond).map(([at, price]) => `$${price} (${at})`);
	return `Each second adds ${each.join(' or ')} to the price`;
}
