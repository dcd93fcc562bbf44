const MAX_LENGTH = 120;

/**
 * `<model>-<jobId>.mp4`: only letters, digits, `.`, `_` and `-`, never a leading dot, at most 120 characters. Both
 * parts come from outside: a slash would lead to another folder. If the name is too long, the model is shortened, never
 * the job ID, which identifies the video.
 */
export function videoFileName(model: string, jobId: string): string {
	const id = clean(jobId).slice(-80) || 'video';
	const name = clean(model).slice(0, MAX_LENGTH - id.length - '-.mp4'.length);
	return `${name ? `${name}-` : ''}${id}.mp4`;
}

function clean(part: string): string {
	return part
		.slice(0, 500)
		.replace(/[^A-Za-z0-9._-]+/g, '-')
		.replace(/^[.-]+|[.-]+$/g, '');
}
