// Several answers that must be of one instant: a figure and what it is made of. They are asked for one after the other, and again when the
// ledger has grown in between, so that a difference is never the clock's.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, Problem, type Stamped } from '../../api';
import { listen, type Topic } from '../../live';
import type { Asked } from '../../use';

const TRIES = 5;

/** Answers of the paths that `next` names, each given those before it, until it names none. */
export async function together(next: (answers: readonly Stamped[]) => string | null): Promise<Stamped[]> {
	let answers: Stamped[] = [];
	for (let i = 0; i < TRIES; i++) {
		answers = [];
		for (let path = next(answers); path !== null; path = next(answers)) answers.push(await get(path));
		if (answers.every((answer) => answer.seq === answers[0]?.seq)) break;
	}
	return answers;
}

/** As useGet, of what `ask` brings; `key` says when it is another question. */
export function useAsk<T>(key: string, ask: () => Promise<T>, ...topics: Topic[]): Asked<T> {
	const [state, set] = useState<{ key: string; data: T | null; problem: Problem | null }>({ key: '', data: null, problem: null });
	const [asked, again] = useState(0);
	useEffect(() => {
		let current = true;
		ask().then((data) => current && set({ key, data, problem: null })).catch((error: unknown) => {
			const problem = error instanceof Problem ? error : new Problem(0, String(error), '');
			if (current) set((before) => ({ key, data: before.key === key ? before.data : null, problem }));
		});
		return () => {
			current = false;
		};
	}, [key, asked]);
	useEffect(() => {
		const ends = [...topics, 'resync' as const].map((topic) => listen(topic, () => again((n) => n + 1)));
		return () => ends.forEach((end) => end());
	}, [topics.join()]);
	const here = state.key === key;
	return { data: here ? state.data : null, problem: here ? state.problem : null, slow: false, again: useCallback(() => again((n) => n + 1), []) };
}
