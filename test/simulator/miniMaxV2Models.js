'use strict';

/**
 * MiniMax-H3 and MiniMax-H3-Max: what a request may hold, and its price (docs/providers.md I.1). One text of a refusal
 * is known (the missing prompt); the others are invented.
 */

const MODELS = {
	'MiniMax-H3': {
		perSecond: { '768P': 0.08, '2K': 0.13 },
		referencePerSecond: { '768P': 0.08, '2K': 0.13 },
		shortest: 4,
		freePictures: 5,
		perPicture: 0.04,
	},
	// `@ai-sdk/minimax` and one page of the vendor say that H3-Max takes no references; the OpenAPI text and the guide
	// say that it does, and it has a price for them. The vendor's API text counts here: references are accepted.
	'MiniMax-H3-Max': {
		perSecond: { '480P': 0.05, '768P': 0.08 },
		referencePerSecond: { '480P': 0.0553, '768P': 0.143 },
		shortest: 5,
		freePictures: 2,
		perPicture: 0.074,
		expansion: true,
	},
};
const MAX_SECONDS = 15;
const RATIOS = ['adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];
const EXPANSION = ['disabled', 'balanced', 'quality'];
const MAX_TEXT_LENGTH = 7000;
const MAX_FILES = 12;
const MOST = {
	first_frame: 1,
	last_frame: 1,
	reference_image: 9,
	reference_video: 3,
	reference_audio: 3,
};
const ROLES = {
	image: ['first_frame', 'last_frame', 'reference_image'],
	video: ['reference_video'],
	audio: ['reference_audio'],
};
/** All keys of the request. What becomes of another one is unknown: ignored, unless `strictFields` is on. */
const KEYS = ['model', 'content', 'resolution', 'duration', 'ratio', 'extra', 'callback_url'];

/** @typedef {{ kind: 'image' | 'video' | 'audio', role: string, url: string, field: string }} Medium */

/** @param {any} body @returns {Medium[]} the files of a request, each with its role; reads only what is well formed */
function mediaOf(body) {
	/** @type {Medium[]} */
	const media = [];
	const content = Array.isArray(body.content) ? body.content : [];
	for (const [n, item] of content.entries()) {
		const kind = /** @type {Medium['kind'] | undefined} */ (
			/^(image|video|audio)_url$/.exec(item?.type ?? '')?.[1]
		);
		if (!kind) continue;
		const field = `content[${n}].${item.type}.url`;
		media.push({ kind, role: item.role, url: item[item.type]?.url, field });
	}
	// One picture without a role is the first frame.
	const pictures = media.filter((medium) => medium.kind === 'image');
	if (pictures.length === 1 && !pictures[0].role) pictures[0].role = 'first_frame';
	return media;
}

/** @param {any} body @returns {string} the one text, or '' */
function promptOf(body) {
	const content = Array.isArray(body?.content) ? body.content : [];
	const text = content.find((item) => item?.type === 'text')?.text;
	return typeof text === 'string' ? text : '';
}

/**
 * @param {any} body
 * @param {boolean} strict unknown keys are refused
 * @returns {string | undefined} what is wrong with the request itself; its files are checked elsewhere
 */
function wrong(body, strict) {
	const model = Object.hasOwn(MODELS, body.model ?? '') ? MODELS[body.model] : undefined;
	if (!model) return `unsupported model ${body.model}`;
	if (strict && extras(body).length) return `unknown field ${extras(body)[0]}`;
	if (body.callback_url !== undefined && typeof body.callback_url !== 'string') {
		return 'callback_url must be a string';
	}
	return (
		wrongContent(body) ??
		wrongShape(body, model) ??
		wrongRatio(body) ??
		(body.extra === undefined ? undefined : wrongExtra(body.extra))
	);
}

function wrongContent(body) {
	if (!Array.isArray(body.content)) return 'content must be an array';
	const texts = body.content.filter((item) => item?.type === 'text');
	if (texts.length !== 1 || typeof texts[0].text !== 'string' || !texts[0].text.trim()) {
		return 'content must include a non-empty text item (prompt is required)';
	}
	if ([...texts[0].text].length > MAX_TEXT_LENGTH) {
		return `text must not be longer than ${MAX_TEXT_LENGTH} characters`;
	}
	const media = mediaOf(body);
	if (media.length + 1 !== body.content.length) return 'content has an item of unknown type';
	for (const { kind, role, url, field } of media) {
		if (typeof url !== 'string' || !url) return `${field} is required`;
		if (!role) return `${field}: role is required`;
		if (!ROLES[kind].includes(role)) return `${field}: role ${role} is not allowed for ${kind}_url`;
	}
	return wrongRoles(media.map(({ role }) => role));
}

function wrongRoles(roles) {
	const count = (role) => roles.filter((given) => given === role).length;
	for (const [role, most] of Object.entries(MOST)) {
		if (count(role) > most) return `at most ${most} ${role} allowed, got ${count(role)}`;
	}
	if (roles.length > MAX_FILES) return `at most ${MAX_FILES} files allowed, got ${roles.length}`;
	const frames = roles.filter((role) => role.endsWith('_frame'));
	if (frames.length && frames.length < roles.length) {
		return 'first_frame/last_frame and references cannot be used together';
	}
	// The pages contradict one another (I.1): refused, so that no client relies on it.
	if (count('last_frame') && !count('first_frame'))
		return 'last_frame must be paired with first_frame';
	if (roles.length && count('reference_audio') === roles.length) {
		return 'reference_audio needs a reference_image or reference_video';
	}
	return undefined;
}

function wrongShape({ resolution, duration }, model) {
	if (resolution === undefined) return 'resolution is required';
	if (!model.perSecond[resolution]) {
		return `resolution must be one of ${Object.keys(model.perSecond).join(', ')}`;
	}
	if (duration === undefined) return 'duration is required';
	if (!Number.isInteger(duration) || duration < model.shortest || duration > MAX_SECONDS) {
		return `duration must be an integer between ${model.shortest} and ${MAX_SECONDS}`;
	}
	return undefined;
}

/** Needed for text alone; ignored with frames; free with references. */
function wrongRatio(body) {
	const { ratio } = body;
	const media = mediaOf(body);
	if (ratio !== undefined && !RATIOS.includes(ratio))
		return `ratio must be one of ${RATIOS.join(', ')}`;
	if (media.length) return undefined;
	return ratio === undefined || ratio === 'adaptive'
		? 'ratio is required for text-to-video and must not be adaptive'
		: undefined;
}

/** The object takes this one key (additionalProperties is false). On H3 its effect is unknown: ignored there. */
function wrongExtra(extra) {
	if (!extra || typeof extra !== 'object' || Array.isArray(extra)) return 'extra must be an object';
	const other = Object.keys(extra).find((key) => key !== 'prompt_expansion_mode');
	if (other !== undefined) return `unknown field extra.${other}`;
	const mode = extra.prompt_expansion_mode;
	if (mode === undefined || EXPANSION.includes(mode)) return undefined;
	return `extra.prompt_expansion_mode must be one of ${EXPANSION.join(', ')}`;
}

/** @param {any} body @returns {string[]} keys that the API does not have */
const extras = (body) => Object.keys(body).filter((key) => !KEYS.includes(key));

/**
 * @param {any} body a request that is not wrong
 * @param {number} inputSeconds seconds of its reference videos, together
 * @returns {number} USD
 */
function price(body, inputSeconds) {
	const model = MODELS[body.model];
	const pictures = mediaOf(body).filter(({ role }) => role === 'reference_image').length;
	const sum =
		model.perSecond[body.resolution] * body.duration +
		model.referencePerSecond[body.resolution] * inputSeconds +
		model.perPicture * Math.max(0, pictures - model.freePictures);
	return Math.round(sum * 1e6) / 1e6;
}

module.exports = { wrong, extras, price, mediaOf, promptOf };
