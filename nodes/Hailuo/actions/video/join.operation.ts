import type {
	IBinaryData,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { binaryFields } from '../../media/picture/load';
import { FilmStream } from '../../media/video/filmStream';
import type { Film } from '../../media/video/join';
import { FieldError } from '../../models/fieldError';
import { shownValue } from '../../models/text';
import { asChoice, asName, asText, unwrapped } from '../../n8n/fieldValues';
import { OPTION_LABELS, OPTIONS } from '../../n8n/optionLabels';
import { optionsField } from '../../n8n/options';
import type { Outcome } from '../../n8n/outcome';
import { readCollection, readField } from '../../n8n/readField';
import type { Operation } from '../operation';

/*
 * Rules that must not regress:
 * - It only reads its input: a rejection or an error never changes or drops the clips, which were paid for.
 * - A rejected clip is named with its file and its item. No clip is left out unless an option says so.
 */

const CLIP = 'Video Input Field';
const GROUP = 'Group By';

const SOUND = 'Sound';

const SOUNDS = [
	{ name: 'Keep', value: 'keep', description: 'All clips must have sound, or none of them' },
	{ name: 'Leave Out', value: 'leaveOut', description: 'The film is silent' },
] as const;

const MISSING = [
	{ name: 'Make No Film', value: 'refuse', description: 'Report which item has no video' },
	{ name: 'Leave Out', value: 'leaveOut', description: 'Make the film from the other items' },
] as const;

const LABELS = {
	fileName: 'File Name',
	missing: 'Items Without a Video',
	outputField: OPTION_LABELS.outputField,
} as const;

const displayOptions = { show: { resource: ['video'], operation: ['join'] } };

export const joinFields: INodeProperties[] = [
	{
		displayName:
			'The clips are joined inside n8n, for free and without quality loss; no provider is called. They must have the same size and encoding, like clips of the same model, resolution and aspect ratio.',
		name: 'joinNotice',
		type: 'notice',
		default: '',
		displayOptions,
	},
	{
		displayName: CLIP,
		name: 'clipField',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input field that holds the clip of each item; the film has the order of the items',
		displayOptions,
	},
	{
		displayName: GROUP,
		name: 'groupBy',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.film }}',
		description:
			'Items with the same value become one film. Leave empty to make one film of all items.',
		displayOptions,
	},
	{
		displayName: SOUND,
		name: 'sound',
		type: 'options',
		options: [...SOUNDS],
		default: 'keep',
		description: 'What to do with the sound of the clips',
		displayOptions,
	},
	optionsField(
		[
			{
				displayName: LABELS.fileName,
				name: 'fileName',
				type: 'string',
				default: 'film.mp4',
				description: 'The file name of the film',
			},
			{
				displayName: LABELS.missing,
				name: 'missing',
				type: 'options',
				options: [...MISSING],
				default: 'refuse',
				description: 'What to do with items that have no file, such as those of jobs that failed',
			},
			{
				displayName: LABELS.outputField,
				name: 'outputField',
				type: 'string',
				default: 'data',
				hint: 'The name of the output field to put the film in',
			},
		],
		displayOptions,
	),
];

/** One clip of the input. */
interface Clip {
	/** Index of its item. */
	item: number;
	field: string;
	binary: IBinaryData;
}

/** In bytes. Larger films are passed to n8n piece by piece. */
const IN_MEMORY_BYTES = 16_000_000;
/** Clips are read in pieces of so many bytes. */
const PIECE_BYTES = 65_536;

export const joinVideos: Operation = {
	value: 'join',
	name: 'Join',
	description: 'Join several videos into one, for free and without quality loss',
	action: 'Join videos',
	offered: () => true,

	/** One film after the other: the limit is the processor and the disk. */
	async run(context) {
		const outcomes: Outcome[] = [];
		const groups = new Map<string, number[]>();
		for (const item of context.getInputData().keys()) {
			const read = await settle(() => groupOf(context, item));
			if (read.ok) groups.set(read.value, [...(groups.get(read.value) ?? []), item]);
			else outcomes.push({ ...read, item });
		}
		if (outcomes.length > 0 && !context.continueOnFail()) return outcomes;
		for (const items of groups.values()) {
			let item = items[0];
			const outcome = await settle(async () => {
				const clips = items.flatMap((one) => {
					item = one;
					return clipOf(context, one);
				});
				item = items[0];
				return [await joined(context, items, clips, (failed) => (item = failed))];
			});
			outcomes.push({ ...outcome, item });
			if (!outcome.ok && !context.continueOnFail()) break;
		}
		return outcomes;
	},
};

/** The group of an item, as text. @throws FieldError */
function groupOf(context: IExecuteFunctions, item: number): string {
	const value = groupValue(context, item);
	return typeof value === 'string' ? (asText(value, GROUP)?.trim() ?? '') : String(value);
}

function groupValue(context: IExecuteFunctions, item: number): string | number | boolean {
	const given = readField(context, item, 'groupBy', GROUP, { fallback: '', instead: "''" });
	const value = unwrapped(given) ?? '';
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	throw new FieldError(
		GROUP,
		`must be text or a number, but is ${Array.isArray(value) ? 'a list' : 'an object'} in item ${item}`,
		'Enter text or a number, e.g. {{ $json.film }}',
	);
}

/** @throws FieldError or UnreadableField, see `readCollection` */
function optionsAt(context: IExecuteFunctions, item: number) {
	const options = readCollection(context, item, { ...OPTIONS, labels: LABELS });
	return {
		fileName: asText(options.fileName, LABELS.fileName)?.slice(0, 200),
		leavesOut: asChoice(options.missing, LABELS.missing, MISSING) === 'leaveOut',
		outputField: asName(options.outputField, LABELS.outputField) ?? 'data',
	};
}

/** @returns an empty list if the item is left out @throws FieldError */
function clipOf(context: IExecuteFunctions, item: number): Clip[] {
	const field =
		asName(readField(context, item, 'clipField', CLIP, { fallback: 'data' }), CLIP) ?? 'data';
	const files = binaryFields.call(context, item);
	const binary = files.get(field);
	if (binary) return [{ item, field, binary }];
	if (optionsAt(context, item).leavesOut) return [];
	const names = [...files.keys()].map((name) => `"${name}"`);
	throw new FieldError(
		CLIP,
		`names "${shownValue(field)}", but ${names.length ? `item ${item} has only ${names.join(', ')}` : `item ${item} has no file`}`,
		names.length
			? 'Enter the name of the field that holds the clip'
			: "Put the step that makes or loads the videos before this one, with 'Download Video' switched on. To leave such items out, set the option 'Items Without a Video'",
	);
}

/** @param failedAt called with the item that ends the joining @throws FieldError */
async function joined(
	context: IExecuteFunctions,
	items: readonly number[],
	clips: readonly Clip[],
	failedAt: (item: number) => void,
): Promise<INodeExecutionData> {
	const [first] = items;
	if (clips.length === 0) {
		throw new FieldError(CLIP, 'finds no video in any item', 'Check the input of the node');
	}
	// Imported only now, because the library that reads and writes videos is large.
	const { planFilm, JoinRefused } = await import('../../media/video/join');
	const signal = context.getExecutionCancelSignal?.();
	const sound = asChoice(
		readField(context, first, 'sound', SOUND, { fallback: 'keep' }),
		SOUND,
		SOUNDS,
	);
	const keepSound = sound !== 'leaveOut';
	const sources = clips.map(({ item, field, binary }) => ({
		name: binary.fileName ?? field,
		async *bytes() {
			for await (const piece of bytesOf(context, item, field, binary)) {
				signal?.throwIfAborted();
				yield piece;
			}
		},
	}));
	const named = (error: unknown): Error => {
		if (!(error instanceof JoinRefused)) return error as Error;
		const { item } = clips[error.index];
		failedAt(item);
		const name = shownValue(sources[error.index].name);
		return new FieldError(CLIP, `holds "${name}" (item ${item}), which ${error.rule}`, error.fix);
	};
	const film = await planFilm(sources, keepSound).catch((error) => {
		throw named(error);
	});
	const { fileName, outputField } = optionsAt(context, first);
	const name = fileNameOf(fileName);
	const binary = await stored(context, film, clips, name).catch((error) => {
		throw named(error);
	});
	const group = groupValue(context, first);
	return {
		json: {
			...(group === '' ? {} : { group }),
			clips: clips.length,
			seconds: Math.round(film.seconds * 1000) / 1000,
			frames: film.frames,
			width: film.width,
			height: film.height,
			hasSound: film.hasSound,
			bytes: film.bytes,
			fileName: name,
		},
		binary: { [outputField]: binary },
		pairedItem: clips.map(({ item }) => ({ item })),
	};
}

/** A file that n8n keeps outside of memory is read piece by piece. */
async function* bytesOf(
	context: IExecuteFunctions,
	item: number,
	field: string,
	{ id }: IBinaryData,
): AsyncGenerator<Uint8Array> {
	if (id) yield* (await context.helpers.getBinaryStream(id, PIECE_BYTES)) as AsyncIterable<Buffer>;
	else yield await context.helpers.getBinaryDataBuffer(item, field);
}

/** In filesystem mode, n8n stores a file piece by piece; in its other modes, the whole file is in memory anyway. */
async function stored(
	context: IExecuteFunctions,
	film: Film,
	clips: readonly Clip[],
	name: string,
): Promise<IBinaryData> {
	const inFiles = clips.every(({ binary }) => binary.id?.startsWith('filesystem'));
	if (inFiles && film.bytes > IN_MEMORY_BYTES) {
		const stream = new FilmStream(film) as unknown as import('node:stream').Readable;
		return await context.helpers.prepareBinaryData(stream, name, 'video/mp4');
	}
	const whole = Buffer.allocUnsafe(film.bytes);
	let at = 0;
	for await (const data of film.read()) {
		whole.set(data, at);
		at += data.length;
	}
	return await context.helpers.prepareBinaryData(whole, name, 'video/mp4');
}

/** A name with only characters that every file system accepts, with its extension. */
function fileNameOf(value = ''): string {
	const stem = value
		.replace(/\.mp4$/i, '')
		.replace(/[\p{Cc}"*/:<>?\\|]+/gu, '-')
		.replace(/^[.\s-]+|[.\s-]+$/g, '');
	return `${stem || 'film'}.mp4`;
}
