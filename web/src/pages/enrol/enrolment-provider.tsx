import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Enrolment, useEnrolmentQueue } from './use-enrolment.ts';

const Context = createContext<Enrolment | null>(null);

/** The enrolment that goes on while one looks at other rooms. */
export function useEnrolment(): Enrolment {
  return useContext(Context)!;
}

export function EnrolmentProvider({ children }: { readonly children: ComponentChildren }) {
  return <Context.Provider value={useEnrolmentQueue()}>{children}</Context.Provider>;
}
