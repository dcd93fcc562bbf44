import { VIDEO_OPERATIONS } from '../../../models/catalogue';
import { MIN_SIDE, typeNames } from '../../../media/picture/check';
import type { PictureRules } from '../../../providers/modelTypes';
import { places, pricePlaces, type Place, type VideoAction } from '../showFor';

/** Every model under every operation. */
export const all = places(VIDEO_OPERATIONS);

/** Fields on which the price depends are also shown for Get Price. */
export const withPrice: Array<Place<VideoAction>> = [...all, ...pricePlaces];

/** One sentence ends without a full stop, several end with one. */
export const sentences = (...parts: Array<string | undefined>): string => {
	const text = parts.filter(Boolean).join('. ');
	return text.includes('. ') ? `${text}.` : text;
};

/** e.g. `JPG or PNG, at most 20 MB, short side at least 301 px` */
export const pictureRules = (rules: PictureRules): string =>
	`${typeNames(rules)}, at most ${Math.ceil(rules.maxBytes / 1e6)} MB, short side at least ${rules.minSide ?? MIN_SIDE} px`;
