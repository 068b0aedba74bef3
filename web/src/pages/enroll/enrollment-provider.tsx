import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Enrollment, useEnrollmentQueue } from './use-enrollment.ts';

const Context = createContext<Enrollment | null>(null);

/** The enrollment that goes on while one looks at other rooms. */
export function useEnrollment(): Enrollment {
  return useContext(Context)!;
}

export function EnrollmentProvider({ children }: { readonly children: ComponentChildren }) {
  return <Context.Provider value={useEnrollmentQueue()}>{children}</Context.Provider>;
}
