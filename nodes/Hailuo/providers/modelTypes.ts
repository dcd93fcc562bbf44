/** The types of the catalogue. Data only: nothing here depends on n8n or on a provider's code. */

export type ProviderId = 'waveSpeed' | 'vtrix' | 'miniMax';

export type VideoOperation =
	| 'textToVideo'
	| 'imageToVideo'
	| 'firstLastFrameToVideo'
	| 'referenceToVideo';

export type Resolution = '480P' | '512P' | '720P' | '768P' | '1080P' | '2K';

/** A field, with the same meaning for all models and providers. Its label and its place in the editor depend on this name. */
export type FieldName =
	| 'prompt'
	| 'firstFrame'
	| 'lastFrame'
	| 'referencePictures'
	| 'referenceVideos'
	| 'referenceAudios'
	| 'resolution'
	| 'duration'
	| 'aspectRatio'
	| 'promptExpansion'
	| 'promptExpansionMode'
	| 'goFast'
	| 'fastPretreatment'
	| 'callbackUrl'
	| 'watermark';

/** One field of one model: the provider's name for it, and its default. */
export interface FieldSpec {
	/** The provider's own name of the parameter. */
	key: string;
	/** Required for every operation. A picture is also required by the operation that is named after it. */
	required?: boolean;
	/**
	 * What the editor shows first; sent explicitly, because prose and schema of the providers disagree
	 * (docs/providers.md F.4).
	 */
	default?: boolean | string | number;
	/** The choices, if the field is a list (aspect ratio). */
	choices?: readonly string[];
	/** How the provider writes the value, if different: a number as text (`"6"`), or its own word for each choice. */
	sentAs?: 'text' | Readonly<Record<string, string | number | boolean>>;
	/** The operations that have this field; absent: all operations of the model. */
	only?: readonly VideoOperation[];
	/** What is different under an operation. */
	under?: Partial<Record<VideoOperation, Pick<FieldSpec, 'default' | 'choices'>>>;
}

/** What a picture may be. */
export interface PictureRules {
	mimeTypes: readonly string[];
	maxBytes: number;
	/** Shortest side in px, itself included; default: 301 (docs/providers.md D). */
	minSide?: number;
	/** Longest side in px, itself included; absent: no limit. */
	maxSide?: number;
	/** Whether a ratio of exactly 2:5 or 5:2 is rejected too. */
	strictRatio: boolean;
}

/** The rules for a video or a sound used as a reference. */
export interface ClipRules {
	/** How many at most. */
	count: number;
	mimeTypes: readonly string[];
	maxBytes: number;
	/** Minimum and maximum for each one, in s. */
	seconds: readonly [number, number];
	/** Maximum for all together, in s. */
	totalSeconds: number;
	/** For a video: minimum and maximum frames per second. */
	fps?: readonly [number, number];
	/** For a video: the allowed codecs, by their names in an MP4, e.g. `avc1`. */
	codecs?: readonly string[];
}

/** The references that a model accepts. */
export interface ReferenceRules {
	pictures: { count: number };
	videos: ClipRules;
	audios: ClipRules;
	/** Files of all kinds together, at most. */
	files: number;
}

/** The price of the references of a job, in addition to the seconds of its video, in USD. */
export interface ReferencePrices {
	/** How many pictures are free. */
	freePictures: number;
	/** Price of each additional picture. */
	picture: number;
	/** Price of each second of a reference video, by the resolution of the result. */
	videoSecond: Partial<Record<Resolution, number>>;
}

/** The lengths in seconds that a model makes at each resolution: its matrix for one operation. */
export type Lengths = Partial<Record<Resolution, readonly number[]>>;

/** Lengths in seconds, and the resolutions that have exactly these. */
export interface LengthList {
	durations: readonly number[];
	at: Resolution[];
}

/** The provider's words for camera movements in the prompt; absent if it documents none. */
export type CameraDialect = 'vtrix' | 'miniMax';

/** An API of a provider that is not its main one. */
export type ModelApi = 'queue' | 'v2';

/** Any API of a provider. */
export type JobApi = ModelApi | 'main';

/** All that the catalogue says of one provider. */
export interface ProviderCatalogue {
	provider: ProviderId;
	/** Its name in the dropdown and in messages. */
	name: string;
	/** Its description in the dropdown; no period. */
	description: string;
	/**
	 * What the list of models shows first. n8n does not store a value that equals its default, so an entry here never
	 * changes once it is released: it would change what saved workflows do, and cost.
	 */
	defaults: Partial<Record<VideoOperation, string>>;
	/** Newest first. */
	models: readonly Model[];
}

export interface Model {
	provider: ProviderId;
	/** The provider's own id; users' workflows store it. */
	id: string;
	/** Shown in the list of models, e.g. `Hailuo 02 Fast`. */
	name: string;
	/**
	 * Model family, e.g. `02` or `2.3 Fast`. Equivalents on other providers share it. Absent for custom models.
	 */
	family?: string;
	/** The entry for any other model of the provider: the user types its ID, and nothing is known about it. */
	custom?: {
		/** Shown as the placeholder of its ID. */
		example: string;
		/** The service whose models it stands for, if not all of the provider's. */
		of?: string;
		/**
		 * What an ID must look like, where it becomes a part of the address: another path would be another call of the API, and
		 * IDs may come from data. Absent where it is only named in the body.
		 */
		id?: { pattern: RegExp; rule: string };
		/**
		 * Models that have other words for a picture than most, or another API: the first whose beginning fits the ID
		 * counts. A wrong word would make a paid video without the picture.
		 */
		dialects?: ReadonlyArray<{ begins: string; fields: Model['fields']; api?: ModelApi }>;
	};
	/** The API that serves it, if it is not the provider's main one. */
	api?: ModelApi;
	/** What it can do, and at which resolutions and lengths. An operation that is absent is not offered. */
	operations: Partial<Record<VideoOperation, Lengths>>;
	fields: Partial<Record<FieldName, FieldSpec>>;
	/** Maximum prompt length in characters, camera movements included; absent if unknown. */
	promptLimit?: number;
	camera?: CameraDialect;
	/** List price in USD by resolution and seconds, as of `pricesAsOf`; absent if no price is published. */
	prices?: Partial<Record<Resolution, Readonly<Record<number, number>>>>;
	/** List price in USD per second by resolution, if the price depends on the duration. */
	pricePerSecond?: Partial<Record<Resolution, number>>;
	/** Absent if references are free, or if the price is unknown. */
	referencePrices?: ReferencePrices;
	/** What is to be known before one pays: a sentence without its full stop, and the operations that it is about (absent: all). */
	note?: { text: string; under?: readonly VideoOperation[] };
	/** The rules for pictures of this model, if they differ from the provider's general rules. */
	pictures?: PictureRules;
	/** For models that make videos from references. */
	references?: ReferenceRules;
	/** The day of the price list, e.g. `2026-03-13`. */
	pricesAsOf?: string;
	/**
	 * The shortest and longest time of a usual job, in s: it sets how often a job is polled (jobs/schedule.ts). Other hosts
	 * of the same models speak of 4 minutes (docs/providers.md A.5), so a range stays wide where a model was seldom timed.
	 */
	jobSeconds: readonly [number, number];
}
