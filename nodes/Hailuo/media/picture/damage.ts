import { FieldError } from '../../models/fieldError';

/** px, and how the picture is to be turned. */
export interface Size {
	width: number;
	height: number;
	/** EXIF, 1 to 8; absent where the file names none. */
	orientation?: number;
	/** Absent where there is nothing of the kind. */
	traits?: Trait[];
}

/** What a provider may show otherwise than the person sees it. Told by the header alone. */
export type Trait = 'cmyk' | 'animated' | 'alpha';

const FIX =
	'Open the picture and save it again as JPG or PNG, or fetch it again in the previous step.';

/** The bytes are no picture that can be read. Who reads them knows no field: `checkImage` puts in its label. */
export const unreadable = (rule: string, field = 'Picture') => new FieldError(field, rule, FIX);

export const damaged = (detail: string) => unreadable(`is damaged: ${detail}`);

export const cutOff = () => unreadable('is cut off: the end of the file is missing');
