/** px, and how the picture is to be turned. */
export interface Size {
	width: number;
	height: number;
	/** EXIF, 1 to 8; absent where the file names none. */
	orientation?: number;
}

/** The bytes are no picture that can be read; the message is the end of a sentence: `is cut off: …`. */
export class UnreadableImage extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'UnreadableImage';
	}
}

export function damaged(detail: string): UnreadableImage {
	return new UnreadableImage(`is damaged: ${detail}`);
}

export function cutOff(): UnreadableImage {
	return new UnreadableImage('is cut off: the end of the file is missing');
}
