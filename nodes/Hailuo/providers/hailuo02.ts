import type { PictureRules } from './modelTypes';

/* What is true of Hailuo 02 and 2.3 on both MiniMax and Vtrix. */

export const HAILUO_02_PICTURES: PictureRules = {
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	// "Less than 20 MB" (docs/providers.md D).
	maxBytes: 19_999_999,
	strictRatio: false,
};
