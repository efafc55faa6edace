/** Words of the client's side. The client is addressed with 您. */
export default {
  title: '在线投顾',
};
