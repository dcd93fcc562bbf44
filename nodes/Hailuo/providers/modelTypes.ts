/** The words of the catalogue. Data only: nothing here knows n8n or a provider's code. */

export type ProviderId = 'waveSpeed' | 'vtrix' | 'miniMax';

export type VideoOperation = 'textToVideo' | 'imageToVideo' | 'firstLastFrameToVideo';

export type Resolution = '480P' | '512P' | '720P' | '768P' | '1080P' | '2K';

/** What a field means, the same across models and providers. Its label and its place in the editor hang on this name. */
export type FieldName =
	| 'prompt'
	| 'firstFrame'
	| 'lastFrame'
	| 'resolution'
	| 'duration'
	| 'aspectRatio'
	| 'promptExpansion'
	| 'goFast'
	| 'fastPretreatment'
	| 'callbackUrl'
	| 'watermark';

/** One field of one model: the provider's own word for it, and what the model does without it. */
export interface FieldSpec {
	/** The provider's own name of the parameter. */
	key: string;
	/** Refused without it, whatever the operation. A picture is also required by the operation that is named after it. */
	required?: boolean;
	/**
	 * What the editor shows first; sent explicitly, because prose and schema of the providers disagree
	 * (docs/providers.md F.4).
	 */
	default?: boolean | string | number;
	/** The values of a list, where the field is one (aspect ratio). */
	choices?: readonly string[];
	/** The operations that take it; absent: all of the model's. */
	only?: readonly VideoOperation[];
}

/** The lengths in seconds that a model makes at each resolution: its matrix for one operation. */
export type Lengths = Partial<Record<Resolution, readonly number[]>>;

/** Lengths in seconds, and the resolutions that have exactly these. */
export interface LengthList {
	durations: readonly number[];
	at: Resolution[];
}

/** Which words a provider has for camera movements in the prompt; absent where it documents none. */
export type CameraDialect = 'vtrix' | 'miniMax';

/** An API of a provider that is not its main one. */
export type ModelApi = 'queue';

/** All that the catalogue says of one provider. */
export interface ProviderCatalogue {
	provider: ProviderId;
	/** As the dropdown and the messages call it. */
	name: string;
	/** Said of it in the dropdown; no period. */
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
	 * Generation and speed, e.g. `02` or `2.3 Fast`, whoever serves it: models of one line are each other's nearest
	 * counterpart. Absent for custom models.
	 */
	family?: string;
	/** The entry that stands for any other model of the provider: its id is typed in, and nothing is known of it. */
	custom?: {
		/** Shown as the placeholder of its ID. */
		example: string;
		/** Whose models it stands for, where those are not all of the provider's. */
		of?: string;
		/**
		 * What an ID must look like, where it becomes a part of the address: another path would be another call of the API, and
		 * IDs may come from data. Absent where it is only named in the body.
		 */
		id?: { pattern: RegExp; rule: string };
	};
	/** Which API serves it, where that is not the provider's main one. */
	api?: ModelApi;
	/** What it can do, and at which resolutions and lengths. An operation that is absent is not offered. */
	operations: Partial<Record<VideoOperation, Lengths>>;
	fields: Partial<Record<FieldName, FieldSpec>>;
	/** Longest prompt in characters, camera instructions included; absent where nobody knows. */
	promptLimit?: number;
	camera?: CameraDialect;
	/** List price in USD by resolution and seconds, as of `pricesAsOf`; absent where no price is published. */
	prices?: Partial<Record<Resolution, Readonly<Record<number, number>>>>;
	/** The day of the price list, e.g. `2026-03-13`. */
	pricesAsOf?: string;
	/** The shortest and longest job in s that the provider speaks of; the first look at a job is sized by it. */
	jobSeconds: readonly [number, number];
}
