import { VIDEO_FIELDS } from '../models/videoFields';
import { MAX_PRICE } from './fieldValues';

/** The label of each option in the editor, by its name; errors name an option by it. */
export const OPTION_LABELS = {
	...Object.fromEntries(
		Object.entries(VIDEO_FIELDS).flatMap(([name, { label, where }]) =>
			where === 'option' ? [[name, label]] : [],
		),
	),
	download: 'Download Video',
	outputField: 'Put Output File in Field',
	timeLimit: 'Time Limit (Minutes)',
	maxConcurrent: 'Jobs at the Same Time',
	submitsPerMinute: 'Submits per Minute',
	maxPrice: MAX_PRICE,
	includeInput: 'Include Input',
	downloadAttempts: 'Download Attempts',
} as const;

/** The collection of these options, for `readCollection`. */
export const OPTIONS = { name: 'options', label: 'Options', labels: OPTION_LABELS } as const;
