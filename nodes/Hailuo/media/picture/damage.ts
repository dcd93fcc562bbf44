import { FieldError } from '../../models/fieldError';

/** Size in px, and how the picture must be rotated. */
export interface Size {
	width: number;
	height: number;
	/** EXIF, 1 to 8; absent if the file has none. */
	orientation?: number;
	/** Absent if there are none. */
	traits?: Trait[];
}

/** What may look different in the video than to the user. Read from the header alone. */
export type Trait = 'cmyk' | 'animated' | 'alpha';

const FIX =
	'Open the picture and save it again as JPG or PNG, or fetch it again in the previous step';

/**
 * The error for bytes that cannot be read as a picture. The readers do not know the field: `checkImage` adds its label.
 */
export const unreadable = (rule: string, field = 'Picture') => new FieldError(field, rule, FIX);

export const damaged = (detail: string) => unreadable(`is damaged: ${detail}`);

export const cutOff = () => unreadable('is cut off: the end of the file is missing');
