import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS, withCamera } from './camera';
import {
	fieldOf,
	foreignModel,
	modelNamed,
	models,
	modelsFor,
	OPERATION_NAMES,
	PROVIDER_NAMES,
	resolutionsOf,
	spoken,
} from './catalogue';
import { FIELD_LABELS, FieldError } from './fieldError';
import { closestEquivalent, elsewhereIn } from './suggest';
import { characters, shownValue } from './text';
import { FIELD_NAMES, REFERENCE_FIELDS, VIDEO_FIELDS, type FieldValues } from './videoFields';
import type {
	FieldName,
	FieldSpec,
	Model,
	ProviderId,
	Resolution,
	VideoOperation,
} from '../providers/modelTypes';

/** The user's values: the fields of the table, and two more that are not a single parameter of any provider. */
export interface VideoValues extends FieldValues {
	/** Ids of CAMERA_MOVEMENTS, a list for each step. */
	cameraMovements?: readonly (readonly string[])[];
	/** For a custom model: an object, or whatever the expression gave; sent unchanged, and overrides the fields. */
	additionalFields?: unknown;
}

/** Resolution and duration after defaults: one entry of the model's matrix; empty for a custom model. */
export interface Format {
	resolution?: Resolution;
	/** s */
	duration?: number;
}

/**
 * Finds the model for an operation.
 *
 * @param id the model's id, or its name in the list, in any case
 * @param customId the ID that the user entered for a custom model
 * @throws FieldError if the provider has no such model or it cannot do the operation; names the closest model that can
 */
export function requireModel(
	provider: ProviderId,
	operation: VideoOperation,
	id: string,
	customId = '',
): Model {
	const model = modelNamed(provider, id, operation);
	if (model?.custom) return named(model, customId);
	if (model?.operations[operation]) return model;
	const wanted = OPERATION_NAMES[operation];
	const foreign = model ?? foreignModel(provider, id);
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
				? `${foreign.name} (${foreign.id}) is a model of ${PROVIDER_NAMES[foreign.provider]}, but the provider is ${PROVIDER_NAMES[provider]}`
				: `has no entry '${shownValue(id)}' for ${PROVIDER_NAMES[provider]}`,
		nearest
			? `The nearest model that can do it here is ${nearest.name} (${nearest.id})${choice && `. Others: ${choice}`}`
			: offered.length
				? `Pick one that can: ${choice}`
				: `This provider has no model for ${wanted}; pick another provider or operation`,
	);
}

/** Trims leading and trailing slashes. No regex: `/+$` backtracks for minutes on long runs of slashes. */
function withoutSlashes(text: string): string {
	let [from, to] = [0, text.length];
	while (text[from] === '/') from++;
	while (to > from && text[to - 1] === '/') to--;
	return text.slice(from, to);
}

/** Characters; the longest ID of a provider has about 50. */
const MAX_ID = 200;

/**
 * The custom model under the typed ID, with the parameter names that models of this name use for a picture. Rejects `..`
 * and other path tricks: the ID may become part of the URL of the paid request, and may come from data.
 */
function named(model: Model, customId: string): Model {
	const id = withoutSlashes(customId.trim());
	const segment = /^(?!\.+$)[\w.:-]+$/;
	const { pattern, rule } = model.custom?.id ?? {};
	const isPath = id.length <= MAX_ID && id.split('/').every((part) => segment.test(part));
	if (isPath && pattern?.test(id) !== false) {
		const dialect = model.custom?.dialects?.find(({ begins }) =>
			id.toLowerCase().startsWith(begins.toLowerCase()),
		);
		const { fields = model.fields, api = model.api } = dialect ?? {};
		return { ...model, id, name: id, fields, api };
	}
	throw new FieldError(
		FIELD_LABELS.customModel,
		id === ''
			? 'is empty'
			: isPath && rule
				? rule
				: 'is not a model ID: it may contain only letters, digits, . _ - : and /, at most 200 characters',
		`Copy the ID from the model's page at ${PROVIDER_NAMES[model.provider]}`,
	);
}

/**
 * Resolves resolution and duration with the model's matrix. A missing value gets the model's default, so that a
 * default never makes a request that the model rejects.
 *
 * @throws FieldError that names the values the model has, and the nearest model that fits
 */
export function checkFormat(model: Model, operation: VideoOperation, values: VideoValues): Format {
	if (model.custom) return {};
	const lengths = model.operations[operation]!;
	const resolutions = resolutionsOf(lengths);
	const choice = fieldOf(model, operation, 'resolution');
	// If the endpoint fixes it, the value is ignored: n8n shows the field for every model if the model is an expression.
	const resolution = ((choice && values.resolution) ??
		choice?.default ??
		resolutions[0]) as Resolution;
	// Not by the key alone: every object has a 'constructor'.
	const durations = resolutions.includes(resolution) ? lengths[resolution] : undefined;
	if (!durations) {
		throw new FieldError(
			FIELD_LABELS.resolution,
			`${shownValue(resolution)} is not available with ${model.name} (${OPERATION_NAMES[operation]})`,
			`Choose ${resolutions.join(' or ')}${elsewhereIn(model, operation, { resolution })}`,
		);
	}
	const duration = Number(values.duration ?? model.fields.duration?.default ?? durations[0]);
	if (!durations.includes(duration)) {
		const elsewhere = resolutions.filter((other) => lengths[other]!.includes(duration));
		throw new FieldError(
			FIELD_LABELS.duration,
			`of ${values.duration} s is not available with ${model.name} at ${resolution}`,
			`Choose ${spoken(durations)} s` +
				// Another model is suggested only if this one has the length at no resolution.
				(elsewhere.length
					? `, or the resolution ${elsewhere.join(' or ')}`
					: elsewhereIn(model, operation, { resolution, duration })),
		);
	}
	return { resolution, duration };
}

/**
 * Checks everything that can be checked before a request.
 *
 * @throws FieldError that names the field, the rule and the fix
 */
export function checkValues(model: Model, operation: VideoOperation, values: VideoValues): Format {
	checkPrompt(model, operation, values);
	for (const frame of framesOf(operation)) requireFrame(model, frame, values[frame]);
	if (operation === 'referenceToVideo') requireReferences(model, values);
	checkCallbackUrl(values.callbackUrl);
	for (const field of FIELD_NAMES) {
		if (VIDEO_FIELDS[field].kind === 'choice') checkChoice(model, operation, field, values);
	}
	if (model.custom) checkAdditional(values.additionalFields);
	return checkFormat(model, operation, values);
}

function checkPrompt(model: Model, operation: VideoOperation, values: VideoValues): void {
	checkCamera(model, values.cameraMovements ?? []);
	const prompt = fullPrompt(model, values);
	const required = operation === 'textToVideo' || model.fields.prompt?.required === true;
	if (prompt === '' && required && !model.custom) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`is empty, but ${model.name} needs one`,
			'Describe what happens in the video',
		);
	}
	const length = characters(prompt);
	if (model.promptLimit !== undefined && length > model.promptLimit) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`has ${length} characters, but ${model.name} accepts at most ${model.promptLimit}`,
			'Shorten it (camera movements count too)',
		);
	}
}

/** Providers whose models support camera movements, e.g. `MiniMax`; empty if there are none. */
const cameraProviders = [
	...new Set(models.filter(({ camera }) => camera).map(({ provider }) => PROVIDER_NAMES[provider])),
].join(' or ');

function checkCamera(model: Model, steps: readonly (readonly string[])[]): void {
	if (!model.camera && steps.some((ids) => ids.length > 0)) {
		throw new FieldError(
			'Camera Movements',
			`are not available with ${model.name}: ${PROVIDER_NAMES[model.provider]} does not document them`,
			`Remove them and describe the movement in the prompt${cameraProviders ? `, or pick a model of ${cameraProviders}` : ''}`,
		);
	}
	for (const ids of steps) {
		const unknown = ids.find((id) => !CAMERA_MOVEMENTS.some((movement) => movement.id === id));
		if (unknown !== undefined) {
			throw new FieldError(
				'Camera Movements',
				`cannot be '${shownValue(unknown)}'`,
				`Use ${CAMERA_MOVEMENTS.map(({ id }) => id).join(', ')}`,
			);
		}
		if (ids.length > MAX_COMBINED_MOVEMENTS) {
			throw new FieldError(
				'Camera Movements',
				`combines ${ids.length} movements in one step`,
				`Combine at most ${MAX_COMBINED_MOVEMENTS} at the same time, and add another step for the next movements`,
			);
		}
	}
}

type Frame = 'firstFrame' | 'lastFrame';

/** The frames that an operation needs. Frames and references exclude one another (docs/providers.md I.1). */
export function framesOf(operation: VideoOperation): readonly Frame[] {
	if (operation === 'imageToVideo') return ['firstFrame'];
	return operation === 'firstLastFrameToVideo' ? ['firstFrame', 'lastFrame'] : [];
}

function requireFrame(model: Model, field: Frame, value?: string): void {
	if (!model.fields[field]) {
		throw new FieldError(
			FIELD_LABELS[field],
			`cannot be sent, because this node does not know what ${model.name} calls this parameter`,
			`Use Image to Video, and enter it in '${FIELD_LABELS.additionalFields}' under the name on the page of the model`,
		);
	}
	if (value !== undefined && value.trim() !== '') return;
	throw new FieldError(
		FIELD_LABELS[field],
		`is empty, but ${model.name} needs a picture`,
		'Enter the URL of a picture, or the name of the input field that holds the file',
	);
}

/** Checks only the counts: the files themselves are checked when they are loaded. */
function requireReferences(model: Model, values: VideoValues): void {
	const { referencePictures = [], referenceVideos = [], referenceAudios = [] } = values;
	const { referencePictures: label, referenceVideos: videoLabel } = FIELD_LABELS;
	if (referencePictures.length + referenceVideos.length === 0) {
		throw new FieldError(
			label,
			referenceAudios.length
				? `is empty, and so is '${videoLabel}': ${model.name} does not accept sound alone`
				: `is empty, and so is '${videoLabel}': ${model.name} needs at least one reference`,
			'Enter the names of the input fields that hold the files, e.g. data, photo_*, or the addresses of the files',
		);
	}
	const { references } = model;
	if (!references) return;
	const { pictures, videos, audios, files } = references;
	const counts = { referencePictures: pictures, referenceVideos: videos, referenceAudios: audios };
	for (const field of REFERENCE_FIELDS) {
		const { length } = values[field] ?? [];
		if (length > counts[field].count) {
			throw new FieldError(
				FIELD_LABELS[field],
				`lists ${length} files, but ${model.name} accepts at most ${counts[field].count}`,
				'Use fewer files',
			);
		}
	}
	const all = REFERENCE_FIELDS.flatMap((field) => values[field] ?? []).length;
	if (all > files) {
		throw new FieldError(
			label,
			`and the other references are ${all} files in total, but ${model.name} accepts at most ${files}`,
			'Use fewer files',
		);
	}
}

function checkCallbackUrl(value?: string): void {
	if (value === undefined || value === '' || /^https?:\/\/[^\s/]\S*$/i.test(value)) return;
	throw new FieldError(
		FIELD_LABELS.callbackUrl,
		'must be a web address',
		'Enter a public address that begins with https://',
	);
}

/**
 * Checks only that it is an object; its content is up to the user and the provider.
 *
 * @throws FieldError for anything else
 */
export function checkAdditional(value: unknown): void {
	if (value === undefined) return;
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
	throw new FieldError(
		FIELD_LABELS.additionalFields,
		'must be a JSON object',
		'Enter names and values like {"duration": 6, "resolution": "768p"}',
	);
}

function checkChoice(
	model: Model,
	operation: VideoOperation,
	field: FieldName,
	{ [field]: value }: VideoValues,
): void {
	const choices = fieldOf(model, operation, field)?.choices;
	if (!choices || value === undefined || choices.includes(String(value))) return;
	throw new FieldError(
		FIELD_LABELS[field],
		`cannot be '${shownValue(value)}' with ${model.name} (${OPERATION_NAMES[operation]})`,
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
 * The parameters under the provider's own names: only those that the model has, with all defaults explicit.
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
	};
	const frames: readonly FieldName[] = framesOf(operation);
	const takes = (field: FieldName) => {
		const { kind } = VIDEO_FIELDS[field];
		if (kind === 'picture') return frames.includes(field);
		return kind !== 'files' || operation === 'referenceToVideo';
	};
	const parameters = (Object.keys(model.fields) as FieldName[]).flatMap((field) => {
		const spec = fieldOf(model, operation, field);
		const value = spec && takes(field) ? (meant[field] ?? spec.default) : undefined;
		return spec && isGiven(value) ? [[spec.key, sent(spec, value)] as const] : [];
	});
	return {
		...Object.fromEntries(parameters),
		...(model.custom ? (values.additionalFields as object) : {}),
	};
}

/** An empty list is not sent. */
const isGiven = (value: unknown): boolean =>
	value !== undefined && !(Array.isArray(value) && value.length === 0);

/** A value in the provider's form. */
function sent({ sentAs }: FieldSpec, value: unknown): unknown {
	if (sentAs === undefined) return value;
	if (sentAs === 'text') return String(value);
	const word = String(value);
	return Object.prototype.hasOwnProperty.call(sentAs, word) ? sentAs[word] : value;
}
