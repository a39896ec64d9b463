// What pages are fed with: an answer of the API that is asked for again when what it is about changes.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem, type Stamped } from './api';
import { line, listen, type Topic } from './live';

const SETTLE_MS = 400; // the first change is asked for at once, a burst after it is one question
const SLOW_MS = 5_000;

export interface Asked<T> {
	/** The newest good answer; kept while the next one is under way or has failed. */
	data: T | null;
	problem: Problem | null;
	/** Nothing has come yet, and it takes long. */
	slow: boolean;
	again: () => void;
}

/** Null as a path asks for nothing. Several topics: any of them. */
export function useGet<T = Stamped>(path: string | null, ...topics: Topic[]): Asked<T> {
	const [answer, set] = useState<{ path: string | null; data: T | null; problem: Problem | null }>({ path: null, data: null, problem: null });
	const [slow, setSlow] = useState(false);
	const [asked, ask] = useState(0);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const last = useRef(0);
	const again = useCallback(() => ask((n) => n + 1), []);

	useEffect(() => {
		if (path === null) return;
		let current = true;
		const patience = setTimeout(() => setSlow(true), SLOW_MS);
		get<T>(path)
			.then((data) => current && set({ path, data, problem: null }))
			.catch((error: unknown) => {
				const problem = error instanceof Problem ? error : new Problem(0, String(error), '');
				if (current) set((before) => ({ path, data: before.path === path && problem.status !== 403 ? before.data : null, problem }));
			})
			.finally(() => {
				clearTimeout(patience);
				if (current) setSlow(false);
			});
		return () => {
			current = false;
			clearTimeout(patience);
		};
	}, [path, asked]);
	useEffect(() => {
		const soon = () => {
			timer.current ??= setTimeout(() => {
				timer.current = undefined;
				last.current = Date.now();
				again();
			}, Math.max(0, last.current + SETTLE_MS - Date.now()));
		};
		const ends = [...topics, 'resync' as const].map((topic) => listen(topic, soon));
		return () => {
			for (const end of ends) end();
			clearTimeout(timer.current);
			timer.current = undefined;
		};
	}, [topics.join()]);
	return { data: answer.path === path ? answer.data : null, problem: answer.path === path ? answer.problem : null, slow, again };
}

/** Draws again each second: for clocks and what counts down. */
export function useSecond(): void {
	const [, draw] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => draw((n) => n + 1), 1_000);
		return () => clearInterval(timer);
	}, []);
}

export function useLine(): typeof line {
	const [, draw] = useState(0);
	useEffect(() => listen('line', () => draw((n) => n + 1)), []);
	return line;
}
