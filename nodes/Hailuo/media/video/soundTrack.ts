import type { Clip } from './clip';

/**
 * When each piece of sound of each clip starts in the film, in s; undefined for one that is left out.
 *
 * A clip's sound is rarely exactly as long as its pictures: it comes in pieces of about 20 ms. Each piece starts where
 * the previous one ends, as near as possible to its own time. So there are no gaps except where a clip is silent, and
 * no piece is shifted by more than half its length. The shifts do not add up, whatever the number of clips.
 */
export function soundTrack(clips: readonly Clip[]): Array<Array<number | undefined>> {
	let start = 0;
	let heardUntil = 0;
	return clips.map(({ facts, sounds }) => {
		const places = sounds.map(({ at, seconds }) => {
			const half = seconds / 2;
			const own = start + at;
			// What comes before the first frame only warms up the decoder; after the last frame comes the next clip.
			if (at < -half || at >= facts.seconds - half || own < heardUntil - half) return undefined;
			const place = own <= heardUntil + half ? heardUntil : own;
			heardUntil = place + seconds;
			return place;
		});
		start += facts.seconds;
		return places;
	});
}
