import type { Clip } from './clip';

/**
 * When each piece of sound of each clip is heard in the film, in s; undefined for one that is left out.
 *
 * A clip's sound is seldom exactly as long as its pictures: it comes in pieces of about 20 ms. Each piece goes to the
 * place nearest to its own where the one before it ends. So there are no holes but where a clip is silent, and no piece
 * is more than half its length away from its picture. That shift does not add up, whatever the number of clips.
 */
export function soundTrack(clips: readonly Clip[]): Array<Array<number | undefined>> {
	let start = 0;
	let heardUntil = 0;
	return clips.map(({ facts, sounds }) => {
		const places = sounds.map(({ at, seconds }) => {
			const half = seconds / 2;
			const own = start + at;
			// Before the first frame stands what only warms up the decoder; behind the last one is the next clip.
			if (at < -half || at >= facts.seconds - half || own < heardUntil - half) return undefined;
			const place = own <= heardUntil + half ? heardUntil : own;
			heardUntil = place + seconds;
			return place;
		});
		start += facts.seconds;
		return places;
	});
}
