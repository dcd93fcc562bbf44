import type { INodeProperties } from 'n8n-workflow';
import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS } from '../../models/camera';
import {
	defaultModel,
	fieldOf,
	lengthLists,
	modelsFor,
	modelSummary,
	picturePrice,
	priceList,
	pricesAsOf,
	PROVIDER_NAMES,
	resolutionsOf,
	videoSecondPrice,
	VIDEO_OPERATIONS,
} from '../../models/catalogue';
import { MIN_SIDE, typeNames } from '../../media/picture/check';
import { FETCHED } from '../../media/picture/fromText';
import { choiceOption } from '../../models/choices';
import { FIELD_LABELS } from '../../models/fieldError';
import { providerOf, providers } from '../../providers';
import { pricedModels, pricedSummary } from '../../models/price';
import type {
	FieldName,
	Lengths,
	PictureRules,
	ProviderId,
	Resolution,
} from '../../providers/modelTypes';
import { fieldAt, places, pricePlaces, type Field, type Place, type VideoAction } from './showFor';

/*
 * The fields of the video operations, all derived from the catalogue. A model shows the fields that it has, with its
 * own defaults. A resolution or a length that its matrix excludes is not in the list.
 */

const all = places(VIDEO_OPERATIONS);

/** Fields on which the price depends are also shown for Get Price. */
const withPrice: Array<Place<VideoAction>> = [...all, ...pricePlaces];

/** Explains the prices in the list of models. */
function modelHelp(provider: ProviderId): string {
	const asOf = pricesAsOf(provider);
	return asOf ? `Newest first. Prices are list prices of ${asOf}, for one video.` : 'Newest first';
}

/** One sentence ends without a full stop, several end with one. */
const sentences = (...parts: Array<string | undefined>): string => {
	const text = parts.filter(Boolean).join('. ');
	return text.includes('. ') ? `${text}.` : text;
};

/** The list of models of each provider under each operation. */
const modelFields: INodeProperties[] = providers.flatMap((provider) =>
	VIDEO_OPERATIONS.filter((operation) => modelsFor(provider, operation).length > 0).map(
		(operation): INodeProperties => ({
			displayName: 'Model',
			name: 'model',
			type: 'options',
			options: modelsFor(provider, operation).map((model) => ({
				name: model.name,
				value: model.id,
				description: modelSummary(model, operation),
			})),
			default: defaultModel(provider, operation),
			description: modelHelp(provider),
			displayOptions: {
				show: { resource: ['video'], operation: [operation], provider: [provider] },
			},
		}),
	),
);

/** For each provider, the list of models with a price query. */
const pricedModelFields: INodeProperties[] = providers
	.filter((provider) => pricePlaces.some((place) => place.provider === provider))
	.map((provider) => ({
		displayName: 'Model',
		name: 'model',
		type: 'options',
		options: pricedModels(provider).map((model) => ({
			name: model.name,
			value: model.id,
			description: pricedSummary(model),
		})),
		default: defaultModel(provider, 'imageToVideo'),
		displayOptions: {
			show: { resource: ['video'], operation: ['getPrice'], provider: [provider] },
		},
	}));

/** Fields that only a custom model has: its ID comes first, its other parameters come last. */
const customModelFields = fieldAt(
	withPrice,
	({ model: { custom } }) =>
		custom && {
			displayName: FIELD_LABELS.customModel,
			name: 'customModel',
			type: 'string',
			default: '',
			// Not `required`: if the model is an expression, n8n shows every field and would demand this one.
			placeholder: `e.g. ${custom.example}`,
			description: "The provider's own ID of the model, as in its API documentation",
		},
);

const additionalFields = fieldAt(
	withPrice,
	({ model }) =>
		model.custom && {
			displayName: FIELD_LABELS.additionalFields,
			name: 'additionalFields',
			type: 'json',
			typeOptions: { rows: 5 },
			default: '{}',
			description:
				'All other parameters of the model as a JSON object, e.g. {"duration": 6, "resolution": "768p"}. They override the fields above.',
			hint: 'Sent unchanged. The node does not check them and does not know the price: read the page of the model first.',
		},
);

/** The rules for pictures there. */
const rulesAt = ({ provider, model }: Place): PictureRules =>
	model.pictures ?? providerOf(provider).images;

/** e.g. `JPG or PNG, at most 20 MB, short side at least 301 px` */
const pictureRules = (rules: PictureRules): string =>
	`${typeNames(rules)}, at most ${Math.ceil(rules.maxBytes / 1e6)} MB, short side at least ${rules.minSide ?? MIN_SIDE} px`;

const FRAME_HELP: Record<'firstFrame' | 'lastFrame', string> = {
	firstFrame: 'Where the first picture of the video comes from',
	lastFrame: 'Where the last picture of the video comes from',
};

/** The default input field of each frame. */
export const FRAME_FIELDS = { firstFrame: 'data', lastFrame: 'lastFrame' } as const;

/** Where a picture comes from. */
export const FRAME_SOURCES = [
	{
		name: 'File From Input',
		value: 'binary',
		description:
			'A picture that an earlier node put into the item, e.g. from Drive, Telegram or a form',
	},
	{
		name: 'URL or Base64 Text',
		value: 'url',
		description: 'A public web address, a data URI, or the picture as Base64 text',
	},
	{
		name: FETCHED,
		value: 'fetchedUrl',
		description:
			'A web address or a share link (Google Drive, Dropbox) that opens without signing in: n8n fetches the picture, checks it and passes it to the provider',
	},
] as const;

/** When the workflow continues with the next node. */
export const CONTINUE_WHEN = [
	{
		name: 'Video Is Finished',
		value: 'finished',
		description: 'Wait for the video and put it into the item',
	},
	{
		name: 'Job Is Submitted',
		value: 'submitted',
		description:
			'Continue at once with the job ID; get the video later with Job: Wait or the Hailuo Trigger',
	},
] as const;

/** In a storyboard, each picture is the end of one video and the beginning of the next. */
export const NEXT_ITEM = {
	name: 'First Frame of the Next Item',
	value: 'nextItem',
	description:
		'For a storyboard: each item and the next become one video, so that the videos flow into each other. The last item is only the end of the last video.',
};

const NO_HEIC =
	"HEIC from an iPhone is not accepted: set the phone to JPG (Settings > Camera > Formats > 'Most Compatible')";

function frameFields(name: 'firstFrame' | 'lastFrame'): INodeProperties[] {
	const shown = (place: Place) =>
		place.operation === 'firstLastFrameToVideo' ||
		(name === 'firstFrame' && place.operation === 'imageToVideo');
	const label = FIELD_LABELS[name];
	const defaultField = FRAME_FIELDS[name];
	const parts = (rules: PictureRules): Field[] => [
		{
			displayName: label,
			name: `${name}Source`,
			type: 'options',
			options: [...FRAME_SOURCES, ...(name === 'lastFrame' ? [NEXT_ITEM] : [])],
			default: 'binary',
			description: FRAME_HELP[name],
		},
		{
			displayName: `${label} Input Field`,
			name: `${name}BinaryField`,
			type: 'string',
			default: defaultField,
			required: true,
			placeholder: 'e.g. data',
			...(rules.mimeTypes.includes('image/heic') ? {} : { description: NO_HEIC }),
			hint: `The name of the input field that holds the picture. ${pictureRules(rules)}.`,
			show: { [`${name}Source`]: ['binary'] },
		},
		{
			displayName: `${label} URL`,
			name: `${name}Url`,
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.com/picture.jpg',
			hint: `One public address of the picture itself (${typeNames(rules)}), a data URI, or Base64 text. For a share link choose "${FETCHED}".`,
			show: { [`${name}Source`]: ['url'] },
		},
		{
			displayName: `${label} URL`,
			name: `${name}Url`,
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://drive.google.com/file/d/…/view',
			hint: `An address that opens without signing in: of the picture itself, or a share link of Google Drive or Dropbox. ${pictureRules(rules)}.`,
			show: { [`${name}Source`]: ['fetchedUrl'] },
		},
	];
	const partsAt = (place: Place) => parts(rulesAt(place));
	return partsAt(all[0]).flatMap((_part, nth) =>
		fieldAt(all, (place) => (shown(place) ? { ...partsAt(place)[nth], kept: true } : undefined)),
	);
}

const ENTRIES =
	'Names of input fields, patterns (photo_*) or public addresses, separated by commas or line breaks';

/** The reference files of a video: each kind has a field, and each entry of a field is one file. */
const referenceFields: INodeProperties[] = [
	...fieldAt(all, (place) => {
		const { model, operation } = place;
		return operation === 'referenceToVideo' && model.fields.referencePictures
			? {
					displayName: FIELD_LABELS.referencePictures,
					name: 'referencePictures',
					type: 'string',
					default: 'data',
					placeholder: 'e.g. data, photo_*',
					description: `The people and things in the video${model.references ? ` (at most ${model.references.pictures.count} pictures)` : ''}; refer to them in the prompt, e.g. "the person in picture 1". ${ENTRIES}.`,
					hint: sentences(pictureRules(rulesAt(place)), picturePrice(model)),
					kept: true,
				}
			: undefined;
	}),
	...(['referenceVideos', 'referenceAudios'] as const).flatMap((name) =>
		fieldAt(all, ({ model, operation }) => {
			if (operation !== 'referenceToVideo' || !model.fields[name]) return undefined;
			const isVideo = name === 'referenceVideos';
			const rules = isVideo ? model.references?.videos : model.references?.audios;
			const limits = rules
				? `At most ${rules.count}, ${rules.seconds.join(' to ')} s each and ${rules.totalSeconds} s in total, ${Math.floor(rules.maxBytes / 1e6)} MB each`
				: '';
			return {
				displayName: FIELD_LABELS[name],
				name,
				type: 'string',
				default: '',
				placeholder: isVideo ? 'e.g. clip' : 'e.g. voice',
				description: `${isVideo ? 'Movements, cuts or a style for the video to adopt' : 'A voice or a sound for the video; it needs a picture or a video too'}. ${ENTRIES}.`,
				...(limits
					? {
							hint: isVideo
								? sentences(`MP4 or MOV. ${limits}`, videoSecondPrice(model))
								: sentences(`WAV or MP3. ${limits}`),
						}
					: {}),
				kept: true,
			};
		}),
	),
];

/** n8n writes its name in lower case, even in titles. */
const BY_N8N = 'Fetched by n8n';

/** The label of the field that says who fetches references. */
export const REFERENCE_SOURCE = 'Reference Addresses';

export const REFERENCE_SOURCES = [
	{
		name: 'Fetched by the Provider',
		value: 'url',
		description: 'The addresses must be public and lead to the file itself',
	},
	{
		name: BY_N8N,
		value: 'fetchedUrl',
		description:
			'Share links of Google Drive and Dropbox work too: n8n fetches each file, checks it and passes it to the provider',
	},
] as const;

const referenceSourceFields = fieldAt(all, ({ operation }) =>
	operation === 'referenceToVideo'
		? {
				displayName: REFERENCE_SOURCE,
				name: 'referenceSource',
				type: 'options',
				options: [...REFERENCE_SOURCES],
				default: 'url',
				description:
					'Who fetches files that are given as addresses. It makes no difference for input fields.',
				kept: true,
			}
		: undefined,
);

const promptFields = fieldAt(
	all,
	({ model, operation }) =>
		model.fields.prompt && {
			displayName: FIELD_LABELS.prompt,
			name: 'prompt',
			kept: true,
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			...(!model.custom && (operation === 'textToVideo' || model.fields.prompt.required)
				? { required: true }
				: {}),
			placeholder: 'e.g. A paper boat drifts down a rainy street, camera close to the water',
			description: sentences(
				`What happens in the video${model.promptLimit ? `, at most ${model.promptLimit} characters` : ''}`,
				'An expression that gives no value, or an object, is rejected before you pay',
			),
		},
);

const cameraFields = fieldAt(
	all,
	({ model }) =>
		model.camera && {
			displayName: 'Camera Movements',
			name: 'cameraMovements',
			kept: true,
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true },
			placeholder: 'Add Step',
			default: {},
			description:
				'How the camera moves, step by step. Added to the end of the prompt in the form the model knows, e.g. [push in]; you can also type it into the prompt yourself.',
			options: [
				{
					displayName: 'Step',
					name: 'steps',
					values: [
						{
							displayName: 'Movements',
							name: 'movements',
							type: 'multiOptions',
							options: CAMERA_MOVEMENTS.map(({ id, name }) => ({ name, value: id })),
							default: [],
							description: `What the camera does at the same time, at most ${MAX_COMBINED_MOVEMENTS} movements`,
						},
					],
				},
			],
		},
);

const RESOLUTION_HELP: Partial<Record<Resolution, string>> = {
	'480P': 'Small and cheap',
	'512P': 'Small and cheap',
	'768P': 'Standard',
	'1080P': 'Full HD, 6 seconds only',
	'2K': 'The sharpest and most expensive',
};

const resolutionFields = fieldAt(withPrice, ({ model, lengths }) => {
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
const durationFields: INodeProperties[] = [...Array(MAX_LISTS).keys()].flatMap((nth) =>
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

const SWITCH_HELP: Partial<Record<FieldName, string>> = {
	promptExpansion: 'Whether the model may rewrite the prompt for a better result',
	goFast: 'Whether to make the video faster, with some loss of quality',
};

/** Additional effects of a switch with one provider. */
const SWITCH_EXTRA: Partial<Record<ProviderId, Partial<Record<FieldName, string>>>> = {
	waveSpeed: { promptExpansion: 'It also switches the safety checker on' },
};

/** The other values that sheets, forms and agents give. */
const SWITCH_WORDS = 'As an expression, yes, no, on, off, 1 and 0 work too';

const switchFields = (['promptExpansion', 'goFast'] as const).flatMap((name) =>
	fieldAt(all, ({ model, operation }) => {
		const spec = fieldOf(model, operation, name);
		const type = 'boolean';
		return (
			spec && {
				displayName: FIELD_LABELS[name],
				name,
				type,
				default: spec.default === true,
				kept: name === 'promptExpansion',
				description: sentences(
					SWITCH_HELP[name],
					SWITCH_EXTRA[model.provider]?.[name],
					SWITCH_WORDS,
				),
			}
		);
	}),
);

const aspectRatioFields = fieldAt(all, ({ model, operation }) => {
	const spec = fieldOf(model, operation, 'aspectRatio');
	return (
		spec && {
			displayName: FIELD_LABELS.aspectRatio,
			name: 'aspectRatio',
			type: 'options',
			options: spec.choices!.map((value) => choiceOption('aspectRatio', value)),
			default: String(spec.default),
			description: 'The shape of the video, width to height; 9:16 is vertical, for phones',
		}
	);
});

const modeFields = fieldAt(all, ({ model, operation }) => {
	const spec = fieldOf(model, operation, 'promptExpansionMode');
	return (
		spec && {
			displayName: FIELD_LABELS.promptExpansionMode,
			name: 'promptExpansionMode',
			type: 'options',
			options: spec.choices!.map((value) => choiceOption('promptExpansionMode', value)),
			default: String(spec.default),
			description: 'Whether the model may rewrite the prompt for a better result',
		}
	);
});

export const videoFields: INodeProperties[] = [
	...modelFields,
	...pricedModelFields,
	...customModelFields,
	...frameFields('firstFrame'),
	...frameFields('lastFrame'),
	...referenceFields,
	...referenceSourceFields,
	...promptFields,
	...cameraFields,
	...resolutionFields,
	...durationFields,
	...aspectRatioFields,
	...modeFields,
	...switchFields,
	...additionalFields,
];
