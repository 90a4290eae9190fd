// How a job's data files grow. Fixed for the life of a job: what a takeover has to do depends on it.

/** `append`: by APPEND. `concat`: by CONCAT of temps, after the decision. `new-file`: not at all, each is sealed by the commit that made it. */
export type Mode = 'append' | 'new-file' | 'concat'
