import type { FieldName } from '../providers/modelTypes';

/*
 * The one table of the fields that a model may have. Labels, types of values, how they are read, and which fields are
 * options derive from it. A new field needs a row here, its description (actions/video/fields/ or n8n/options.ts),
 * and its parameter in the catalogue.
 */

/** The type of a field's value after reading. */
interface Kinds {
	text: string;
	/** A picture: its source, until it is loaded. */
	picture: string;
	/** Files of one kind: their sources, one entry each. */
	files: readonly string[];
	/** e.g. `768P`. */
	resolution: string;
	/** A duration in s. */
	seconds: number;
	/** One value of a list. */
	choice: string;
	switch: boolean;
}

interface FieldFacts {
	/** Its label in the editor and in messages. */
	label: string;
	kind: keyof Kinds;
	/** `option`: in the collection 'Options', because few people need it. */
	where: 'parameter' | 'option';
}

const table = {
	prompt: { label: 'Prompt', kind: 'text', where: 'parameter' },
	firstFrame: { label: 'First Frame', kind: 'picture', where: 'parameter' },
	lastFrame: { label: 'Last Frame', kind: 'picture', where: 'parameter' },
	referencePictures: { label: 'Reference Pictures', kind: 'files', where: 'parameter' },
	referenceVideos: { label: 'Reference Videos', kind: 'files', where: 'parameter' },
	referenceAudios: { label: 'Reference Audio', kind: 'files', where: 'parameter' },
	resolution: { label: 'Resolution', kind: 'resolution', where: 'parameter' },
	duration: { label: 'Duration', kind: 'seconds', where: 'parameter' },
	aspectRatio: { label: 'Aspect Ratio', kind: 'choice', where: 'parameter' },
	promptExpansion: { label: 'Prompt Expansion', kind: 'switch', where: 'parameter' },
	promptExpansionMode: { label: 'Prompt Expansion', kind: 'choice', where: 'parameter' },
	goFast: { label: 'Go Fast', kind: 'switch', where: 'parameter' },
	fastPretreatment: { label: 'Fast Pretreatment', kind: 'switch', where: 'option' },
	callbackUrl: { label: 'Callback URL', kind: 'text', where: 'option' },
	watermark: { label: 'Watermark', kind: 'switch', where: 'option' },
} as const satisfies Record<FieldName, FieldFacts>;

type Table = typeof table;

export const VIDEO_FIELDS: Readonly<Record<FieldName, FieldFacts>> = table;

export const FIELD_NAMES = Object.keys(table) as FieldName[];

/** The user's values, under the catalogue's names. A field that is undefined was not shown or not filled in. */
export type FieldValues = { -readonly [Name in keyof Table]?: Kinds[Table[Name]['kind']] };

/** The fields that hold files. */
export const REFERENCE_FIELDS = [
	'referencePictures',
	'referenceVideos',
	'referenceAudios',
] as const;

export type ReferenceField = (typeof REFERENCE_FIELDS)[number];
