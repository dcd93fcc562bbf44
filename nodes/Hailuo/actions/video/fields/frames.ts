import type { INodeProperties } from 'n8n-workflow';
import { typeNames } from '../../../media/picture/check';
import { FETCHED } from '../../../media/picture/fromText';
import { FIELD_LABELS } from '../../../models/fieldError';
import { pictureRulesOf } from '../../../models/pictureRules';
import type { PictureRules } from '../../../providers/modelTypes';
import { fieldAt, type Field, type Place } from '../showFor';
import { all, pictureRules } from './places';

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

/** In a storyboard, each picture is the end of one video and the beginning of the next. */
export const NEXT_ITEM = {
	name: 'First Frame of the Next Item',
	value: 'nextItem',
	description:
		'For a storyboard: each item and the next become one video, so that the videos flow into each other. The last item is only the end of the last video.',
};

const NO_HEIC =
	"HEIC from an iPhone is not accepted: set the phone to JPG (Settings > Camera > Formats > 'Most Compatible')";

export function frameFields(name: 'firstFrame' | 'lastFrame'): INodeProperties[] {
	const shown = (place: Place) =>
		place.operation === 'firstLastFrameToVideo' ||
		(name === 'firstFrame' && place.operation === 'imageToVideo');
	const label = FIELD_LABELS[name];
	const defaultField = FRAME_FIELDS[name];
	const url = {
		displayName: `${label} URL`,
		name: `${name}Url`,
		type: 'string',
		default: '',
		required: true,
	} as const;
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
			...url,
			placeholder: 'e.g. https://example.com/picture.jpg',
			hint: `One public address of the picture itself (${typeNames(rules)}), a data URI, or Base64 text. For a share link choose "${FETCHED}".`,
			show: { [`${name}Source`]: ['url'] },
		},
		{
			...url,
			placeholder: 'e.g. https://drive.google.com/file/d/…/view',
			hint: `An address that opens without signing in: of the picture itself, or a share link of Google Drive or Dropbox. ${pictureRules(rules)}.`,
			show: { [`${name}Source`]: ['fetchedUrl'] },
		},
	];
	const partsAt = ({ model }: Place) => parts(pictureRulesOf(model));
	return partsAt(all[0]).flatMap((_part, nth) =>
		fieldAt(all, (place) => (shown(place) ? { ...partsAt(place)[nth], kept: true } : undefined)),
	);
}
