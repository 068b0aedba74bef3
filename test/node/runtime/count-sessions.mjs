// Loaded before a program (`node --import`), in its worker threads too: writes a line to the file that
// SESSION_LOG names for each native session that is made (+) or freed (-).
import { appendFileSync } from 'node:fs';
import { InferenceSession } from 'onnxruntime-node';

const note = (sign) => appendFileSync(process.env.SESSION_LOG, sign);
const create = InferenceSession.create;
InferenceSession.create = async (...args) => {
  const session = await create.apply(InferenceSession, args);
  note('+');
  const release = session.release;
  session.release = async () => {
    await release.call(session);
    note('-');
  };
  return session;
};
