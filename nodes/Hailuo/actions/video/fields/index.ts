import type { INodeProperties } from 'n8n-workflow';
import { modelFields, pricedModelFields, customModelFields, additionalFields } from './model';
import { frameFields } from './frames';
import { referenceFields, referenceSourceFields } from './references';
import { promptFields, cameraFields } from './prompt';
import { resolutionFields, durationFields } from './format';
import { listFields, switchFields } from './choices';

/*
 * The fields of the video operations, all derived from the catalogue. A model shows the fields that it has, with its
 * own defaults. A resolution or a length that its matrix excludes is not in the list.
 */

export const videoFields: INodeProperties[] = [
	...modelFields,
	...pricedModelFields,
	...customModelFields,
	...frameFields('firstFrame'),
	...frameFields('lastFrame'),
	...referenceFields,
	...referenceSourceFields,
	...promptFields,
	...cameraFields,
	...resolutionFields,
	...durationFields,
	...listFields,
	...switchFields,
	...additionalFields,
];
