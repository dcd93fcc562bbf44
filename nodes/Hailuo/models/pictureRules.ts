import { providerOf } from '../providers';
import type { Model, PictureRules } from '../providers/modelTypes';

/** What pictures a model accepts: its own rules, or those of its provider. */
export const pictureRulesOf = ({ pictures, provider }: Model): PictureRules =>
	pictures ?? providerOf(provider).images;
