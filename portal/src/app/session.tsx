import { useQuery } from '@tanstack/react-query';
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import { answered, api, enterSession, type Session, signedOut } from '../api/client.ts';
import { problemOfError } from '../api/problem.ts';
import { LoadingState, ProblemState } from '../parts/states.tsx';
import mark from '../rollcall.svg';
import { text } from '../text/en.ts';
import { hasRight, type Right } from './rights.ts';

const SignedOutDialog = lazy(async () => ({ default: (await import('./signed-out-dialog.tsx')).SignedOutDialog }));

const SessionContext = createContext<Session | undefined>(undefined);

/** Shows what is inside once it is known who is signed in; whoever is not goes to the sign-in pages. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['session'],
    queryFn: readSession,
    staleTime: 60_000,
    // Whoever comes from another tab may be somebody else by now.
    refetchOnWindowFocus: 'always',
  });
  const isSignedOut = useSyncExternalStore(signedOut.subscribe, signedOut.get);
  useSameSession(data);
  if (data !== undefined) {
    return (
      <SessionContext value={data}>
        {children}
        {isSignedOut && (
          <Suspense>
            <SignedOutDialog />
          </Suspense>
        )}
      </SessionContext>
    );
  }
  if (error !== null && problemOfError(error).status !== 401) return <ProblemState error={error} retry={refetch} />;
  return (
    <>
      <FirstView />
      <LoadingState label={text.session.loading} />
    </>
  );
}

/** The head of the portal before it is known for whom: index.html begins with the same. */
function FirstView() {
  return (
    <div className="first-view">
      <img src={mark} width={28} height={28} alt="" />
      {text.product}
    </div>
  );
}

/** In another tab somebody else may sign in, or another institution be chosen: nothing read before is theirs. */
function useSameSession(session: Session | undefined): void {
  const of = session && `${session.person.id} ${session.institution.id}`;
  const first = useRef(of);
  useEffect(() => {
    first.current ??= of;
    if (of !== first.current) location.assign(document.baseURI);
  }, [of]);
}

async function readSession(): Promise<Session> {
  const session = await answered(api.GET('/session'));
  enterSession(session);
  return session;
}

/** Who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('there is no session around this component');
  return session;
}

/** Whether the person may; a page asks before it shows a button, never before it believes an answer. */
export function useMay(): (right: Right) => boolean {
  const { roles } = useSession();
  return (right) => hasRight(roles, right);
}

/** Ends the session, here or everywhere, and leaves the portal. */
export async function signOut({ everywhere }: { everywhere: boolean }): Promise<void> {
  const { next_url: next } = everywhere
    ? await answered(api.POST('/session/sign-out-everywhere'))
    : await answered(api.POST('/session/sign-out'));
  location.assign(next);
}

/** Works for another institution from now on; everything that was read belongs to the one before. */
export async function chooseInstitution(institutionId: string): Promise<void> {
  await answered(api.POST('/session/institution', { body: { institutionId } }));
  location.assign(document.baseURI);
}

export type { Right };
