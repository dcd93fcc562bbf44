import type { Resolution, VideoOperation } from '../providers/modelTypes';
import type { FieldValues } from './videoFields';

/** The user's values: the fields of the table, and two more that are not a single parameter of any provider. */
export interface VideoValues extends FieldValues {
	/** Ids of CAMERA_MOVEMENTS, a list for each step. */
	cameraMovements?: readonly (readonly string[])[];
	/** For a custom model: an object, or whatever the expression gave; sent unchanged, and overrides the fields. */
	additionalFields?: unknown;
}

/** Resolution and duration after defaults: one entry of the model's matrix; empty for a custom model. */
export interface Format {
	resolution?: Resolution;
	/** s */
	duration?: number;
}

export type Frame = 'firstFrame' | 'lastFrame';

/** The frames that an operation needs. Frames and references exclude one another (docs/providers.md I.1). */
export function framesOf(operation: VideoOperation): readonly Frame[] {
	if (operation === 'imageToVideo') return ['firstFrame'];
	return operation === 'firstLastFrameToVideo' ? ['firstFrame', 'lastFrame'] : [];
}
