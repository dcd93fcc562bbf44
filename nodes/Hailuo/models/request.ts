import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS, withCamera } from './camera';
import {
	closestEquivalent,
	fieldOf,
	findModel,
	models,
	modelsFor,
	OPERATION_NAMES,
	PROVIDER_NAMES,
	resolutionsOf,
} from './catalogue';
import { FIELD_LABELS, FieldError } from './fieldError';
import type {
	FieldName,
	Model,
	ProviderId,
	Resolution,
	VideoOperation,
} from '../providers/modelTypes';

/** What a person chose, under the catalogue's names. A field that is undefined was not shown or not filled in. */
export interface VideoValues {
	prompt?: string;
	/** Ids of CAMERA_MOVEMENTS, a list for each step. */
	cameraMovements?: readonly (readonly string[])[];
	/** A public URL or a data URI; before the pictures are loaded any text stands for one. */
	firstFrame?: string;
	lastFrame?: string;
	resolution?: string;
	/** s */
	duration?: number;
	aspectRatio?: string;
	promptExpansion?: boolean;
	goFast?: boolean;
	fastPretreatment?: boolean;
	callbackUrl?: string;
	watermark?: boolean;
	/** Of a custom model: an object, or what was given in its place; sent as it is, and wins over the fields. */
	additionalFields?: unknown;
}

/** The two fields that decide length and size, settled: one value of the model's matrix; empty for a custom model. */
export interface Format {
	resolution?: Resolution;
	/** s */
	duration?: number;
}

/**
 * Finds the model for an operation.
 *
 * @param customId the id that stands in for a custom model's
 * @throws FieldError when the provider has no such model or it cannot do the operation; names the nearest that can
 */
export function requireModel(
	provider: ProviderId,
	operation: VideoOperation,
	id: string,
	customId = '',
): Model {
	const model = findModel(provider, id);
	if (model?.custom) return named(model, customId);
	if (model?.operations[operation]) return model;
	const wanted = OPERATION_NAMES[operation];
	const foreign = model ?? models.find((other) => other.id === id && !other.custom);
	const nearest = foreign && closestEquivalent(foreign, operation, provider);
	const offered = modelsFor(provider, operation).filter(
		(other) => other !== nearest && !other.custom,
	);
	const choice = offered.map(({ name, id: offer }) => `${name} (${offer})`).join(', ');
	throw new FieldError(
		'Model',
		model
			? `${model.name} cannot do ${wanted}`
			: foreign
				? `${foreign.name} (${id}) is a model of ${PROVIDER_NAMES[foreign.provider]}, and the provider is ${PROVIDER_NAMES[provider]}`
				: `has no entry '${id}' for ${PROVIDER_NAMES[provider]}`,
		nearest
			? `The nearest model that can do it here is ${nearest.name} (${nearest.id})${choice && `. Others: ${choice}`}`
			: offered.length
				? `Pick one that can: ${choice}`
				: `This provider has no model for ${wanted}; pick another provider or operation`,
	);
}

/** Without those at its ends. No regular expression: one that ends in `/+$` takes minutes over a text full of slashes. */
function withoutSlashes(text: string): string {
	let [from, to] = [0, text.length];
	while (text[from] === '/') from++;
	while (to > from && text[to - 1] === '/') to--;
	return text.slice(from, to);
}

/**
 * The custom model under the typed ID. Rejects what leads elsewhere: the ID may become a part of the URL of the paid
 * request, and may come from data.
 */
function named(model: Model, customId: string): Model {
	const id = withoutSlashes(customId.trim());
	const segment = /^(?!\.+$)[\w.:-]+$/;
	const { pattern, rule } = model.custom?.id ?? {};
	const isPath = id.split('/').every((part) => segment.test(part));
	if (isPath && pattern?.test(id) !== false) return { ...model, id, name: id };
	throw new FieldError(
		FIELD_LABELS.customModel,
		id === ''
			? 'is empty'
			: isPath && rule
				? rule
				: 'is no ID of a model: it may hold letters, digits, . _ - : and /',
		`Copy the ID from the model's page at ${PROVIDER_NAMES[model.provider]}`,
	);
}

/**
 * Settles resolution and length against the model's matrix. What was not given gets the model's default, so that a
 * default never makes a request that the model refuses.
 *
 * @throws FieldError that names the values the model has, and the nearest model that fits
 */
export function checkFormat(model: Model, operation: VideoOperation, values: VideoValues): Format {
	if (model.custom) return {};
	const lengths = model.operations[operation]!;
	const resolutions = resolutionsOf(lengths);
	const resolution = (values.resolution ??
		model.fields.resolution?.default ??
		resolutions[0]) as Resolution;
	// Not by the key alone: every object has a 'constructor'.
	const durations = resolutions.includes(resolution) ? lengths[resolution] : undefined;
	if (!durations) {
		throw new FieldError(
			FIELD_LABELS.resolution,
			`${resolution} cannot be made by ${model.name} as ${OPERATION_NAMES[operation]}`,
			`Choose ${resolutions.join(' or ')}${nearest(model, operation, { resolution })}`,
		);
	}
	const duration = Number(values.duration ?? model.fields.duration?.default ?? durations[0]);
	if (!durations.includes(duration)) {
		const elsewhere = resolutions.filter((other) => lengths[other]!.includes(duration));
		throw new FieldError(
			FIELD_LABELS.duration,
			`of ${values.duration} s cannot be made by ${model.name} at ${resolution}`,
			`Choose ${durations.join(' or ')} s` +
				// Not another model that has the length at another resolution only: this one has it there too.
				(elsewhere.length
					? `, or the resolution ${elsewhere.join(' or ')}`
					: nearest(model, operation, { resolution, duration })),
		);
	}
	return { resolution, duration };
}

/** The model of the same provider that does what this one cannot, as a sentence behind another one; or nothing. */
function nearest(model: Model, operation: VideoOperation, wanted: Format): string {
	const { resolution, duration } = wanted;
	const others = modelsFor(model.provider, operation).filter((other) => other !== model);
	const at = (other: Model) =>
		Object.entries(other.operations[operation]!)
			.filter(([, durations]) => duration === undefined || durations.includes(duration))
			.map(([name]) => name);
	const same = others.find((other) => resolution !== undefined && at(other).includes(resolution));
	if (same) return `. The nearest model that can do it is ${same.name} (${same.id})`;
	const other = others.find((one) => duration !== undefined && at(one).length > 0);
	return other
		? `. The nearest model that makes ${duration} s is ${other.name} (${other.id}), at ${at(other).join(' or ')}`
		: '';
}

/**
 * Checks everything that can be known before a request is made.
 *
 * @throws FieldError that names the field, the rule and the fix
 */
export function checkValues(model: Model, operation: VideoOperation, values: VideoValues): Format {
	checkPrompt(model, operation, values);
	if (operation !== 'textToVideo') requireFrame(model, 'firstFrame', values.firstFrame);
	if (operation === 'firstLastFrameToVideo') requireFrame(model, 'lastFrame', values.lastFrame);
	checkCallbackUrl(values.callbackUrl);
	checkChoice(model, 'aspectRatio', values.aspectRatio);
	if (model.custom) checkAdditional(values.additionalFields);
	return checkFormat(model, operation, values);
}

function checkPrompt(model: Model, operation: VideoOperation, values: VideoValues): void {
	checkCamera(model, values.cameraMovements ?? []);
	const prompt = fullPrompt(model, values);
	const required = operation === 'textToVideo' || model.fields.prompt?.required;
	if (prompt === '' && required && !model.custom) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`is empty, and ${model.name} needs one`,
			'Describe what happens in the video',
		);
	}
	if (model.promptLimit !== undefined && prompt.length > model.promptLimit) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`has ${prompt.length} characters, and ${model.name} takes at most ${model.promptLimit}`,
			'Shorten it (camera movements count too)',
		);
	}
}

/** Those with models that know camera movements, e.g. `MiniMax`; empty where there is none. */
const cameraProviders = [
	...new Set(models.filter(({ camera }) => camera).map(({ provider }) => PROVIDER_NAMES[provider])),
].join(' or ');

function checkCamera(model: Model, steps: readonly (readonly string[])[]): void {
	if (!model.camera && steps.some((ids) => ids.length > 0)) {
		throw new FieldError(
			'Camera Movements',
			`are unknown to ${model.name}: ${PROVIDER_NAMES[model.provider]} documents no words for them`,
			`Take them out and describe the movement in the prompt${cameraProviders ? `, or pick a model of ${cameraProviders}` : ''}`,
		);
	}
	for (const ids of steps) {
		const unknown = ids.find((id) => !CAMERA_MOVEMENTS.some((movement) => movement.id === id));
		if (unknown !== undefined) {
			throw new FieldError(
				'Camera Movements',
				`has no movement '${unknown}'`,
				`Use ${CAMERA_MOVEMENTS.map(({ id }) => id).join(', ')}`,
			);
		}
		if (ids.length > MAX_COMBINED_MOVEMENTS) {
			throw new FieldError(
				'Camera Movements',
				`combines ${ids.length} movements in one step`,
				`Combine at most ${MAX_COMBINED_MOVEMENTS} at the same time, and add a step for what comes after`,
			);
		}
	}
}

function requireFrame(model: Model, field: 'firstFrame' | 'lastFrame', value?: string): void {
	if (value !== undefined && value.trim() !== '') return;
	throw new FieldError(
		FIELD_LABELS[field],
		`is empty, and ${model.name} needs a picture there`,
		'Give the URL of a picture, or the name of the input field that holds the file',
	);
}

function checkCallbackUrl(value?: string): void {
	if (value === undefined || value === '' || /^https?:\/\/[^\s/]\S*$/i.test(value)) return;
	throw new FieldError(
		FIELD_LABELS.callbackUrl,
		'is no web address',
		'Give a public address that begins with https://',
	);
}

/**
 * Only for being an object: what is in it is between the person and the provider.
 *
 * @throws FieldError for anything else
 */
export function checkAdditional(value: unknown): void {
	if (value === undefined) return;
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
	throw new FieldError(
		FIELD_LABELS.additionalFields,
		'is no JSON object',
		'Write names and values like {"duration": 6, "resolution": "768p"}',
	);
}

function checkChoice(model: Model, field: FieldName, value?: string): void {
	const choices = model.fields[field]?.choices;
	if (!choices || value === undefined || choices.includes(value)) return;
	throw new FieldError(
		FIELD_LABELS[field],
		`has no value '${value}' for ${model.name}`,
		`Choose ${choices.join(', ')}`,
	);
}

/** The prompt as it is sent: with the camera movements in the provider's own words, where it has any. */
export function fullPrompt(
	model: Model,
	{ prompt = '', cameraMovements = [] }: VideoValues,
): string {
	return model.camera ? withCamera(prompt, cameraMovements, model.camera) : prompt.trim();
}

/**
 * The parameters under the provider's own names: only those that the model has, and all defaults in plain sight.
 * Values of fields that the model lacks (left over from another model) are not sent.
 */
export function toPayload(
	model: Model,
	operation: VideoOperation,
	values: VideoValues,
	format: Format,
): Record<string, unknown> {
	const meant: Partial<Record<FieldName, unknown>> = {
		...values,
		...format,
		prompt: fullPrompt(model, values) || undefined,
		callbackUrl: values.callbackUrl || undefined,
		firstFrame: operation === 'textToVideo' ? undefined : values.firstFrame,
		lastFrame: operation === 'firstLastFrameToVideo' ? values.lastFrame : undefined,
	};
	const sent = (Object.keys(model.fields) as FieldName[]).flatMap((field) => {
		const spec = fieldOf(model, operation, field);
		const value = spec && (meant[field] ?? spec.default);
		return value === undefined ? [] : [[spec!.key, value] as const];
	});
	return {
		...Object.fromEntries(sent),
		...(model.custom ? (values.additionalFields as object) : {}),
	};
}
