import type { CameraDialect } from '../providers/modelTypes';

/**
 * The 15 camera movements, with each provider's words for them (docs/providers.md B.6).
 *
 * The same words mean different movements: in Vtrix's "pan left" the camera moves sideways, in MiniMax's "Pan left" it
 * turns on the spot. So users choose the meaning, and the node writes the provider's words.
 */
export const CAMERA_MOVEMENTS = [
	{ id: 'follow', name: 'Follow the Subject', vtrix: 'follow', miniMax: 'Tracking shot' },
	{ id: 'lower', name: 'Lower (Move Down)', vtrix: 'lower', miniMax: 'Pedestal down' },
	{ id: 'panLeft', name: 'Pan Left (Turn Left)', vtrix: 'tilt left', miniMax: 'Pan left' },
	{ id: 'panRight', name: 'Pan Right (Turn Right)', vtrix: 'tilt right', miniMax: 'Pan right' },
	{ id: 'pullBack', name: 'Pull Back (Move Away)', vtrix: 'pull back', miniMax: 'Pull out' },
	{ id: 'pushIn', name: 'Push In (Move Closer)', vtrix: 'push in', miniMax: 'Push in' },
	{ id: 'rise', name: 'Rise (Move Up)', vtrix: 'rise', miniMax: 'Pedestal up' },
	{ id: 'shake', name: 'Shake', vtrix: 'shake', miniMax: 'Shake' },
	{ id: 'static', name: 'Static (Hold Still)', vtrix: 'static', miniMax: 'Static shot' },
	{ id: 'tiltDown', name: 'Tilt Down (Look Down)', vtrix: 'tilt down', miniMax: 'Tilt down' },
	{ id: 'tiltUp', name: 'Tilt Up (Look Up)', vtrix: 'tilt up', miniMax: 'Tilt up' },
	{ id: 'truckLeft', name: 'Truck Left (Move Left)', vtrix: 'pan left', miniMax: 'Truck left' },
	{
		id: 'truckRight',
		name: 'Truck Right (Move Right)',
		vtrix: 'pan right',
		miniMax: 'Truck right',
	},
	{ id: 'zoomIn', name: 'Zoom In', vtrix: 'zoom in', miniMax: 'Zoom in' },
	{ id: 'zoomOut', name: 'Zoom Out', vtrix: 'zoom out', miniMax: 'Zoom out' },
] as const;

/** The provider recommends no more than this at the same time (docs/providers.md S.5); more are rejected here. */
export const MAX_COMBINED_MOVEMENTS = 3;

/**
 * The documented form: movements of one step share a bracket and happen together, steps happen one after the other.
 * Added to the end of the prompt, so that instructions typed by hand stay unchanged and come first.
 *
 * @param steps ids of CAMERA_MOVEMENTS for each step; unknown ids must have been rejected before
 * @returns e.g. `A cat wakes up [push in, rise], then [static]`
 */
export function withCamera(
	prompt: string,
	steps: readonly (readonly string[])[],
	dialect: CameraDialect,
): string {
	const brackets = steps
		.filter((ids) => ids.length > 0)
		.map((ids) =>
			ids.map((id) => CAMERA_MOVEMENTS.find((movement) => movement.id === id)![dialect]),
		)
		.map((words) => `[${words.join(', ')}]`);
	return [prompt.trim(), brackets.join(', then ')].filter((part) => part !== '').join(' ');
}
