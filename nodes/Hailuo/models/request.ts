import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS, withCamera } from './camera';
import { durationsOf, findModel, modelsFor, OPERATION_NAMES, resolutionsOf } from './catalogue';
import { FIELD_LABELS, FieldError } from './fields';
import type { FieldName, Lengths, Model, ProviderId, Resolution, VideoOperation } from './types';

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
}

/** The two fields that decide length and size, settled: one value of the model's matrix. */
export interface Format {
	resolution: Resolution;
	/** s */
	duration: number;
}

/**
 * Finds the model for an operation.
 *
 * @throws FieldError when the provider has no such model or it cannot do the operation; names one that can
 */
export function requireModel(provider: ProviderId, operation: VideoOperation, id: string): Model {
	const model = findModel(provider, id);
	const offered = modelsFor(provider, operation);
	if (model?.operations[operation]) return model;
	const wanted = OPERATION_NAMES[operation];
	throw new FieldError(
		'Model',
		model ? `${model.name} cannot do ${wanted}` : `has no entry '${id}' for this provider`,
		offered.length
			? `Pick one that can: ${offered.map(({ name, id: offer }) => `${name} (${offer})`).join(', ')}`
			: `This provider has no model for ${wanted}; pick another provider or operation`,
	);
}

/**
 * Settles resolution and length against the model's matrix. What was not given gets the model's default, so that a
 * default never makes a request that the model refuses.
 *
 * @throws FieldError that names the values the model has, and the nearest model that fits
 */
export function checkFormat(model: Model, operation: VideoOperation, values: VideoValues): Format {
	const lengths = model.operations[operation]!;
	const resolutions = resolutionsOf(lengths);
	const resolution = (values.resolution ??
		model.fields.resolution?.default ??
		resolutions[0]) as Resolution;
	const durations = lengths[resolution];
	if (!durations) {
		throw new FieldError(
			FIELD_LABELS.resolution,
			`${resolution} cannot be made by ${model.name} as ${OPERATION_NAMES[operation]}`,
			`Choose ${resolutions.join(' or ')}${nearest(model, operation, { ...values, resolution })}`,
		);
	}
	const duration = Number(values.duration ?? model.fields.duration?.default ?? durations[0]);
	if (!durations.includes(duration)) {
		const elsewhere = resolutions.filter((other) => lengths[other]!.includes(duration));
		throw new FieldError(
			FIELD_LABELS.duration,
			`of ${values.duration} s cannot be made by ${model.name} at ${resolution}`,
			`Choose ${durations.join(' or ')} s` +
				(elsewhere.length ? `, or the resolution ${elsewhere.join(' or ')}` : '') +
				nearest(model, operation, { ...values, resolution, duration }),
		);
	}
	return { resolution, duration };
}

/** `; Hailuo X (id) can`, or nothing: the model of the same provider that does what this one cannot. */
function nearest(model: Model, operation: VideoOperation, wanted: VideoValues): string {
	const fits = (lengths: Lengths) =>
		Object.entries(lengths).some(
			([resolution, durations]) =>
				(wanted.resolution === undefined || wanted.resolution === resolution) &&
				(wanted.duration === undefined || durations.includes(Number(wanted.duration))),
		);
	const others = modelsFor(model.provider, operation).filter((other) => other !== model);
	const other =
		others.find(({ operations }) => fits(operations[operation]!)) ??
		others.find(({ operations }) =>
			durationsOf(operations[operation]!).includes(Number(wanted.duration)),
		);
	return other ? `. The nearest model that can do it is ${other.name} (${other.id})` : '';
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
	return checkFormat(model, operation, values);
}

function checkPrompt(model: Model, operation: VideoOperation, values: VideoValues): void {
	checkCamera(values.cameraMovements ?? []);
	const prompt = fullPrompt(model, values);
	if (prompt === '' && (operation === 'textToVideo' || model.fields.prompt?.required)) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`is empty, and ${model.name} needs one`,
			'Describe what happens in the video',
		);
	}
	if (prompt.length > model.promptLimit) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`has ${prompt.length} characters, and ${model.name} takes at most ${model.promptLimit}`,
			'Shorten it (camera movements count too)',
		);
	}
}

function checkCamera(steps: readonly (readonly string[])[]): void {
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
	if (value === undefined || value === '' || /^https?:\/\/[^\s/]+\S*$/i.test(value)) return;
	throw new FieldError(
		FIELD_LABELS.callbackUrl,
		'is no web address',
		'Give a public address that begins with https://',
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
	return Object.fromEntries(
		Object.entries(model.fields)
			.map(([field, spec]) => [spec.key, meant[field as FieldName] ?? spec.default] as const)
			.filter(([, value]) => value !== undefined),
	);
}
