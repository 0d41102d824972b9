/** For chalk: the build puts it in the place of `node:process`, whose import opens standard input and output at once. */
export default process;
