import type { INodeProperties } from 'n8n-workflow';
import { picturePrice, videoSecondPrice } from '../../../models/catalogue';
import { FIELD_LABELS } from '../../../models/fieldError';
import { pictureRulesOf } from '../../../models/pictureRules';
import { fieldAt } from '../showFor';
import { all, pictureRules, sentences } from './places';

const ENTRIES =
	'Names of input fields, patterns (photo_*) or public addresses, separated by commas or line breaks';

/** The reference files of a video: each kind has a field, and each entry of a field is one file. */
export const referenceFields: INodeProperties[] = [
	...fieldAt(all, ({ model, operation }) => {
		return operation === 'referenceToVideo' && model.fields.referencePictures
			? {
					displayName: FIELD_LABELS.referencePictures,
					name: 'referencePictures',
					type: 'string',
					default: 'data',
					placeholder: 'e.g. data, photo_*',
					description: `The people and things in the video${model.references ? ` (at most ${model.references.pictures.count} pictures)` : ''}; refer to them in the prompt, e.g. "the person in picture 1". ${ENTRIES}.`,
					hint: sentences(pictureRules(pictureRulesOf(model)), picturePrice(model)),
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

export const referenceSourceFields = fieldAt(all, ({ operation }) =>
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
